import { chmod, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { PullProgress } from "@distronode-runner/contract";
import { hostHere } from "@distronode-runner/engine-testkit";
import { afterEach, describe, expect, test } from "vitest";
import { podman } from "../src/index.ts";
import { fakeDaemon, type FakeDaemon } from "./fake-daemon.ts";

let service: FakeDaemon | undefined;
afterEach(async () => {
  await service?.close();
  service = undefined;
});

async function pinging(headers: Record<string, string>): Promise<FakeDaemon> {
  return (service = await fakeDaemon((_request, response) => response.writeHead(200, headers).end("OK")));
}

async function program(directory: string, text: string): Promise<void> {
  await writeFile(join(directory, "podman"), `#!/bin/sh\n${text}\n`);
  await chmod(join(directory, "podman"), 0o755);
}

describe("detect", () => {
  test("says what answers at a socket that was named", async () => {
    const { socket } = await pinging({ "Libpod-Api-Version": "5.1.0" });
    expect(await podman.detect({ socket }, hostHere())).toMatchObject({ usable: true, info: { name: "podman", version: "5.1.0", endpoint: socket } });
    expect(await podman.detect({}, hostHere({ CONTAINER_HOST: `unix://${socket}` }))).toMatchObject({ usable: true });
  });

  test("a named socket must be podman's", async () => {
    const { socket, directory } = await pinging({ "Api-Version": "1.43" });
    expect(await podman.detect({ socket }, hostHere())).toMatchObject({ usable: false, reason: expect.stringContaining("no podman") });
    expect(await podman.detect({ socket: join(directory, "absent") }, hostHere())).toMatchObject({ usable: false, reason: expect.stringContaining("there is no socket") });
    expect(await podman.detect({}, hostHere({ CONTAINER_HOST: "ssh://far" }))).toMatchObject({ usable: false, reason: expect.stringContaining("ssh://far") });
  });

  test("without a service the program counts", async () => {
    const { directory } = await pinging({});
    // A socket of the system would be found first.
    const host = { ...hostHere({ PATH: directory }), uid: 12345 };
    expect(await podman.detect({}, host)).toMatchObject({ usable: false, reason: "Podman is not installed." });
    await program(directory, "echo podman version 4.9.3");
    expect(await podman.detect({}, host)).toMatchObject({ usable: true, info: { version: "4.9.3", rootless: true } });
    await program(directory, "echo podman version 3.0.1");
    expect(await podman.detect({}, host)).toMatchObject({ usable: false, reason: expect.stringContaining("too old") });
    await program(directory, "echo cannot set up namespace >&2; exit 125");
    expect(await podman.detect({}, host)).toMatchObject({ usable: false, reason: expect.stringContaining("cannot set up namespace") });
  });

  test("a service that does not start says why", async () => {
    const { directory } = await pinging({});
    await program(directory, "echo Error: cannot set up namespace >&2; exit 125");
    await expect(podman.open({}, { ...hostHere({ PATH: `${directory}:/usr/bin:/bin` }), uid: 12345 })).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE", message: expect.stringContaining("cannot set up namespace") });
  });
});

test("the caller's proxies are those of the engine, as podman run has them", async () => {
  const { socket } = await pinging({ "Libpod-Api-Version": "5.1.0" });
  const engine = await podman.open({ socket }, hostHere({ http_proxy: "http://proxy.example:3128", NO_PROXY: "localhost", ALL_PROXY: "socks5://not-podmans.example" }));
  await engine.close();
  expect(engine.proxies).toEqual({ http_proxy: "http://proxy.example:3128", NO_PROXY: "localhost" });
});

describe("pull", () => {
  const inspected = { Id: "1", RepoTags: ["registry.example/ee:1"], RepoDigests: null };

  async function pulling(lines: readonly unknown[], status = 200): Promise<{ socket: string; requests: IncomingMessage[] }> {
    const requests: IncomingMessage[] = [];
    service = await fakeDaemon((request, response) => {
      if (request.url!.endsWith("/_ping")) return response.writeHead(200, { "Libpod-Api-Version": "4.3.1" }).end("OK");
      requests.push(request);
      if (request.method === "GET") return response.end(JSON.stringify(inspected));
      response.writeHead(status);
      for (const line of lines) response.write(`${JSON.stringify(line)}\n`);
      return response.end();
    });
    return { socket: service.socket, requests };
  }

  test("a short name goes with credentials to the registry that they are for, and without them to whatever podman makes of it", async () => {
    const { socket, requests } = await pulling([{ images: ["1"], id: "1" }]);
    const engine = await podman.open({ socket }, hostHere());
    await engine.pull({ reference: "alpine:3", credentials: { registry: "docker.io", username: "u", password: "p" } });
    await engine.pull({ reference: "alpine:3" });
    await engine.close();
    expect(requests.filter(({ method }) => method === "POST").map(({ url }) => new URL(url!, "http://x").searchParams.get("reference"))).toEqual(["docker.io/library/alpine:3", "alpine:3"]);
  });

  test("says nothing of TLS unless it was told, so that registries.conf counts", async () => {
    const { socket, requests } = await pulling([{ images: ["1"], id: "1" }]);
    const engine = await podman.open({ socket }, hostHere());
    await engine.pull({ reference: "registry.example/ee:1" });
    await engine.pull({ reference: "registry.example/ee:1", verifyTls: true });
    await engine.close();
    const asked = requests.filter(({ method }) => method === "POST").map(({ url }) => new URL(url!, "http://x").searchParams.get("tlsVerify"));
    expect(asked).toEqual([null, "true"]);
  });

  test("sends credentials in the header, says whether TLS is verified, tells progress", async () => {
    const { socket, requests } = await pulling([{ stream: `Copying blob sha256:${"1".repeat(64)}\n` }, { stream: "Copying blob sha256:2\n" }, { stream: "Writing manifest\n" }, { images: ["1"], id: "1" }]);
    const engine = await podman.open({ socket }, hostHere());
    const progress: PullProgress[] = [];
    const image = await engine.pull(
      { reference: "registry.example/ee:1", platform: "linux/arm64", verifyTls: false, credentials: { registry: "registry.example", username: "u", password: "p" } },
      { onProgress: (one) => void progress.push(one) },
    );
    await engine.close();
    expect(image.id).toBe("sha256:1");
    expect(progress.map(({ message }) => message)).toEqual([`Copying blob sha256:${"1".repeat(12)} (layer 1)`, "Copying blob sha256:2 (layer 2)", "Writing manifest"]);
    expect(requests[0]!.url).toBe("/v4.0.0/libpod/images/pull?reference=registry.example%2Fee%3A1&policy=always&tlsVerify=false&OS=linux&Arch=arm64");
    expect(JSON.parse(Buffer.from(String(requests[0]!.headers["x-registry-auth"]), "base64").toString())).toEqual({ username: "u", password: "p" });
  });

  test.each([
    [[{ error: "reading manifest 1 in registry.example/ee: manifest unknown: manifest unknown" }], 200, "IMAGE_NOT_FOUND"],
    [[{ stream: "Trying to pull" }, { error: "unauthorized: authentication required" }], 200, "REGISTRY_DENIED"],
    [[{ error: "dial tcp 127.0.0.1:1: connect: connection refused" }], 200, "REGISTRY_UNREACHABLE"],
    [[{ cause: "illegal base64", message: 'failed to parse "X-Registry-Auth" header' }], 400, "ENGINE_FAILED"],
    [[{ stream: "Copying blob" }], 200, "ENGINE_UNAVAILABLE"],
  ] as const)("a failure is told by its code %#", async (lines, status, code) => {
    const { socket } = await pulling(lines, status);
    const engine = await podman.open({ socket }, hostHere());
    await expect(engine.pull({ reference: "registry.example/ee:1" })).rejects.toMatchObject({ code });
    await engine.close();
  });
});

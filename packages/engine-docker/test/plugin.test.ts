import { createHash } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { PullProgress } from "@distronode-runner/contract";
import { hostHere } from "@distronode-runner/engine-testkit";
import { afterEach, describe, expect, test } from "vitest";
import { docker } from "../src/index.ts";
import { fakeDaemon, type FakeDaemon } from "./fake-daemon.ts";

let daemon: FakeDaemon | undefined;
afterEach(async () => {
  await daemon?.close();
  daemon = undefined;
});

const good = { "Api-Version": "1.43", Ostype: "linux", Server: "Docker/24.0.7 (linux)" };

async function pinging(headers: Record<string, string>): Promise<FakeDaemon> {
  return (daemon = await fakeDaemon((_request, response) => response.writeHead(200, headers).end("OK")));
}

describe("detect", () => {
  test("says what answers, from the ping alone", async () => {
    const { socket } = await pinging(good);
    expect(await docker.detect({ socket }, hostHere())).toMatchObject({ usable: true, info: { name: "docker", version: "24.0.7", apiVersion: "1.43", os: "linux", endpoint: socket } });
    expect(await docker.detect({}, hostHere({ DOCKER_HOST: `unix://${socket}` }))).toMatchObject({ usable: true });
  });

  test("a daemon that is too old, and podman in its place, are not usable", async () => {
    const old = await pinging({ ...good, "Api-Version": "1.40" });
    expect(await docker.detect({ socket: old.socket }, hostHere())).toMatchObject({ usable: false, reason: expect.stringContaining("1.40"), hint: expect.stringContaining("Update") });
    await old.close();
    const podman = await pinging({ ...good, "Libpod-Api-Version": "5.0.0" });
    expect(await docker.detect({ socket: podman.socket }, hostHere())).toMatchObject({ usable: false, reason: expect.stringContaining("Podman"), hint: expect.stringContaining("podman") });
  });

  test("not installed, and installed without a daemon, are told apart", async () => {
    const { directory } = await pinging(good);
    const socket = join(directory, "absent");
    expect(await docker.detect({ socket }, hostHere({ PATH: directory }))).toMatchObject({ usable: false, reason: "Docker is not installed." });
    await writeFile(join(directory, "docker"), "");
    await chmod(join(directory, "docker"), 0o755);
    expect(await docker.detect({ socket }, hostHere({ PATH: directory }))).toMatchObject({ usable: false, reason: expect.stringContaining("daemon does not run"), hint: expect.stringContaining("Start") });
  });

  test("an address that can not be spoken to is a reason, not an exception", async () => {
    expect(await docker.detect({}, hostHere({ DOCKER_HOST: "ssh://far" }))).toMatchObject({ usable: false, reason: expect.stringContaining("ssh://far") });
    expect(await docker.detect({ socket: "nonsense" }, hostHere())).toMatchObject({ usable: false });
  });

  test("the docker context in use says where the daemon is, unless DOCKER_HOST does, and one that is not there is named", async () => {
    const { socket, directory } = await pinging(good);
    const place = join(directory, "contexts/meta", createHash("sha256").update("far").digest("hex"));
    await mkdir(place, { recursive: true });
    await writeFile(join(place, "meta.json"), JSON.stringify({ Name: "far", Endpoints: { docker: { Host: `unix://${socket}`, SkipTLSVerify: false } } }));
    await writeFile(join(directory, "config.json"), JSON.stringify({ currentContext: "far" }));
    const found = { usable: true, info: { endpoint: socket } };
    expect(await docker.detect({}, hostHere({ DOCKER_CONFIG: directory }))).toMatchObject(found);
    await writeFile(join(directory, "config.json"), JSON.stringify({ currentContext: "other" }));
    expect(await docker.detect({}, hostHere({ DOCKER_CONFIG: directory, DOCKER_CONTEXT: "far" }))).toMatchObject(found);
    expect(await docker.detect({}, hostHere({ DOCKER_CONFIG: directory, DOCKER_CONTEXT: "other", DOCKER_HOST: `unix://${socket}` }))).toMatchObject(found);
    expect(await docker.detect({}, hostHere({ DOCKER_CONFIG: directory }))).toMatchObject({ usable: false, reason: expect.stringContaining('"other" does not exist') as string, hint: expect.stringContaining("docker context ls") as string });
  });

  test("a daemon that speaks TLS only is told from one that does not answer", async () => {
    daemon = await fakeDaemon((_request, response) => response.writeHead(400).end("Client sent an HTTP request to an HTTPS server.\n"));
    expect(await docker.detect({ socket: daemon.socket }, hostHere())).toMatchObject({ usable: false, reason: expect.stringContaining("TLS") as string, hint: expect.stringContaining("DOCKER_TLS_VERIFY=1") as string });
  });

  test("the proxies of docker's own configuration are those of the engine: for this daemon, else the default ones", async () => {
    const { socket, directory } = await pinging(good);
    const proxiesWith = async (proxies: object): Promise<object | undefined> => {
      await writeFile(join(directory, "config.json"), JSON.stringify({ proxies }));
      const engine = await docker.open({ socket }, hostHere({ DOCKER_CONFIG: directory, http_proxy: "http://of-the-caller.example" }));
      await engine.close();
      return engine.proxies;
    };
    const usual = { default: { httpProxy: "http://proxy.example:3128", noProxy: "localhost", ftpProxy: "" } };
    expect(await proxiesWith(usual)).toEqual({ http_proxy: "http://proxy.example:3128", HTTP_PROXY: "http://proxy.example:3128", no_proxy: "localhost", NO_PROXY: "localhost" });
    expect(await proxiesWith({ ...usual, [`unix://${socket}`]: { allProxy: "socks5://near.example" } })).toEqual({ all_proxy: "socks5://near.example", ALL_PROXY: "socks5://near.example" });
    expect(await proxiesWith({})).toEqual({});
  });

  test("an aborted look rejects with the signal's reason", async () => {
    const { socket } = await pinging(good);
    await expect(docker.detect({ socket }, hostHere(), { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
  });
});

describe("pull", () => {
  const inspected = { Id: "sha256:1", RepoTags: ["registry.example/ee:1"], RepoDigests: null, Config: {} };

  async function pulling(answer: { readonly status?: number; readonly lines: readonly unknown[]; readonly cut?: boolean }): Promise<{ socket: string; requests: IncomingMessage[] }> {
    const requests: IncomingMessage[] = [];
    daemon = await fakeDaemon((request, response) => {
      if (request.url === "/_ping") return response.writeHead(200, good).end("OK");
      requests.push(request);
      if (request.method === "GET") return response.end(JSON.stringify(inspected));
      response.writeHead(answer.status ?? 200);
      for (const line of answer.lines) response.write(`${JSON.stringify(line)}\r\n`);
      if (answer.cut === true) return setTimeout(() => response.destroy(), 20);
      return response.end();
    });
    return { socket: daemon.socket, requests };
  }

  test("asks for one tag, sends credentials in the header, tells progress", async () => {
    const { socket, requests } = await pulling({ lines: [{ status: "Pulling", id: "a" }, { status: "Done" }] });
    const engine = await docker.open({ socket }, hostHere());
    const progress: PullProgress[] = [];
    const image = await engine.pull(
      { reference: "registry.example/ee", platform: "linux/arm64", credentials: { registry: "registry.example", username: "u", password: "p" } },
      { onProgress: (one) => void progress.push(one) },
    );
    await engine.close();
    expect(image.id).toBe("sha256:1");
    expect(progress).toEqual([{ message: "a: Pulling", layer: "a" }, { message: "Done" }]);
    expect(requests[0]!.url).toBe("/v1.43/images/create?fromImage=registry.example%2Fee&tag=latest&platform=linux%2Farm64");
    expect(JSON.parse(Buffer.from(String(requests[0]!.headers["x-registry-auth"]), "base64").toString())).toEqual({ username: "u", password: "p" });
  });

  test.each([
    [{ status: 404, lines: [{ message: "manifest for x not found: manifest unknown: manifest unknown" }] }, "IMAGE_NOT_FOUND"],
    [{ status: 500, lines: [{ message: "Head http://x: no basic auth credentials" }] }, "REGISTRY_DENIED"],
    [{ lines: [{ status: "Pulling" }, { errorDetail: { message: "dial tcp: lookup x: no such host" }, error: "dial tcp: lookup x: no such host" }] }, "REGISTRY_UNREACHABLE"],
    [{ lines: [{ status: "Pulling" }], cut: true }, "ENGINE_UNAVAILABLE"],
  ] as const)("a failure is told by its code %#", async (answer, code) => {
    const { socket } = await pulling(answer);
    const engine = await docker.open({ socket }, hostHere());
    await expect(engine.pull({ reference: "registry.example/ee:1" })).rejects.toMatchObject({ code });
    await engine.close();
  });
});

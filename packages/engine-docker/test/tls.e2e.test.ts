import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import { connect, createServer as listenPlain, type AddressInfo, type Server as PlainServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { hostHere } from "@distronode-runner/engine-testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker } from "../src/index.ts";

const openssl = async (...words: string[]): Promise<void> => void (await promisify(execFile)("openssl", words));

/** A daemon that speaks TLS and wants to know who asks. */
let server: Server;
let address: string;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "docker-tls-"));
  const at = (name: string): string => join(directory, name);
  await openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test authority", "-keyout", at("ca-key.pem"), "-out", at("ca.pem"));
  for (const [name, extension] of [["server", "subjectAltName=IP:127.0.0.1"], ["client", "extendedKeyUsage=clientAuth"]] as const) {
    await openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", `/CN=${name}`, "-keyout", at(`${name}-key.pem`), "-out", at(`${name}.csr`));
    await writeFile(at("extension"), extension);
    await openssl("x509", "-req", "-in", at(`${name}.csr`), "-CA", at("ca.pem"), "-CAkey", at("ca-key.pem"), "-CAcreateserial", "-days", "2", "-extfile", at("extension"), "-out", at(`${name}.pem`));
  }
  await writeFile(at("cert.pem"), await readFile(at("client.pem")));
  await writeFile(at("key.pem"), await readFile(at("client-key.pem")));
  server = createServer({ ca: await readFile(at("ca.pem")), cert: await readFile(at("server.pem")), key: await readFile(at("server-key.pem")), requestCert: true, rejectUnauthorized: true }, (_request, response) =>
    response.writeHead(200, { "Api-Version": "1.43", Ostype: "linux", Server: "Docker/24.0.7 (linux)" }).end("OK"),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 60_000);
afterAll(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  await rm(directory, { recursive: true, force: true });
});

describe("a docker daemon behind TLS", () => {
  test("is reached with the certificates of DOCKER_CERT_PATH, or those beside docker's configuration", async () => {
    const usable = { usable: true, info: { version: "24.0.7", endpoint: address.replace("tcp:", "https:") } };
    expect(await docker.detect({}, hostHere({ DOCKER_HOST: address, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: directory }))).toMatchObject(usable);
    expect(await docker.detect({}, hostHere({ DOCKER_HOST: address, DOCKER_TLS_VERIFY: "1", DOCKER_CONFIG: directory }))).toMatchObject(usable);
  });

  test("is not trusted without its authority, unless verification is switched off", async () => {
    const files = await mkdtemp(join(tmpdir(), "docker-tls-"));
    try {
      for (const name of ["cert.pem", "key.pem"]) await writeFile(join(files, name), await readFile(join(directory, name)));
      expect(await docker.detect({}, hostHere({ DOCKER_HOST: address, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: files }))).toMatchObject({ usable: false, reason: expect.stringContaining("TLS") as string, hint: expect.stringContaining("certificates") as string });
      expect(await docker.detect({}, hostHere({ DOCKER_HOST: address, DOCKER_TLS: "1", DOCKER_CERT_PATH: files }))).toMatchObject({ usable: true });
    } finally {
      await rm(files, { recursive: true });
    }
  });

  test("is reached through a port that is forwarded, by a docker context with TLS", async () => {
    const forward: PlainServer = listenPlain((socket) => void socket.pipe(connect((server.address() as AddressInfo).port, "127.0.0.1")).pipe(socket));
    await new Promise<void>((resolve) => forward.listen(0, "127.0.0.1", resolve));
    const host = `tcp://127.0.0.1:${(forward.address() as AddressInfo).port}`;
    const config = await mkdtemp(join(tmpdir(), "docker-tls-"));
    try {
      await promisify(execFile)("sh", ["-ec", 'place=$(printf %s far | sha256sum | cut -d" " -f1); mkdir -p "$1/contexts/meta/$place" "$1/contexts/tls/$place/docker"; cp "$2/ca.pem" "$2/cert.pem" "$2/key.pem" "$1/contexts/tls/$place/docker"; printf %s "$3" > "$1/contexts/meta/$place/meta.json"', "sh", config, directory, JSON.stringify({ Name: "far", Endpoints: { docker: { Host: host } } })]);
      expect(await docker.detect({}, hostHere({ DOCKER_CONFIG: config, DOCKER_CONTEXT: "far" }))).toMatchObject({ usable: true });
    } finally {
      forward.close();
      await rm(config, { recursive: true });
    }
  });
});

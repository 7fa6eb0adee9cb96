import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { JobRequest, JobResult } from "@distronode-runner/contract";
import { createStandardRunner, nodeHost } from "@distronode-runner/standard";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliCommand, runCli, startCli } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { engineCli } from "../scenarios/engine-cli.ts";
import { engines } from "../scenarios/executions.ts";
import { freePort, startRegistry, type Registry } from "../scenarios/registry.ts";

const run = promisify(execFile);

/** Has no Python: a job in it ends as soon as the image was pulled and a container was made of it. */
const source = process.env["DISTRONODE_RUNNER_TEST_BARE_IMAGE"] ?? "localhost/distronode-runner-bare:bookworm";
const pulled = "IMAGE_UNSUITABLE";
/** Not among the addresses whose certificates docker leaves unverified; given to the loopback device for the time of the test. */
const address = "192.0.2.77";
const login = { username: "robot", password: `planted-${process.pid}-${Date.now().toString(36)}` };

let data: string;
let marker: string;
let open: Registry;
let guarded: Registry;
let secure: Registry;
const certificates: string[] = [];
const image = (registry: Pick<Registry, "host">): string => `${registry.host}/team/bare:1`;

beforeAll(async () => {
  data = await makeDataDir({ "project/site.yml": "- hosts: all\n  tasks: []\n" });
  marker = join(data, "marker");
  await writeFile(marker, "");
  await run("ip", ["address", "replace", `${address}/32`, "dev", "lo"]);
  open = await startRegistry();
  guarded = await startRegistry({ login });
  secure = await startRegistry({ address, login, tls: true });
  const archive = join(data, "bare.tar");
  await engineCli(engines[0]!, "save", "--output", archive, source);
  for (const registry of [open, guarded, secure]) {
    await run("podman", ["push", "--tls-verify=false", ...(registry === open ? [] : ["--creds", `${login.username}:${login.password}`]), source, image(registry)]);
  }
  await rm(archive);
});

afterAll(async () => {
  await Promise.all([open, guarded, secure].map((registry) => registry?.stop()));
  await run("ip", ["address", "del", `${address}/32`, "dev", "lo"]).catch(() => {});
  for (const directory of certificates) await rm(directory, { recursive: true, force: true });
  for (const engine of engines) for (const registry of [open, guarded, secure]) await engineCli(engine, "rmi", "--force", image(registry)).catch(() => {});
  await rm(data, { recursive: true, force: true });
});

/** Files written since the start, anywhere on the disk or in memory, and argument lists of processes, that hold one of the texts. */
async function filesWith(...texts: readonly string[]): Promise<readonly string[]> {
  const patterns = join(await mkdtemp("/dev/shm/patterns-"), "list");
  try {
    // Programs, of this machine and in the layers of images, are left out: they are most of the files, and nobody writes there. A file, because the search must not have them in its own arguments.
    await writeFile(patterns, `${texts.join("\n")}\n`);
    const script = `find / /run /tmp /dev/shm -xdev \\( -name node_modules -o -path /usr -o -path '*/diff/usr' \\) -prune -o -newer "$0" -type f -size -20M ! -path "$1" -print0 2>/dev/null | xargs -0 -r grep -lF -f "$1" -- 2>/dev/null | sort -u; grep -alF -f "$1" /proc/[0-9]*/cmdline 2>/dev/null; true`;
    const { stdout } = await run("/bin/sh", ["-c", script, marker, patterns], { maxBuffer: 16 * 1024 * 1024 });
    return stdout.split("\n").filter((path) => path !== "");
  } finally {
    await rm(dirname(patterns), { recursive: true });
  }
}

async function pull(engine: string, reference: string, settings: Record<string, unknown> = {}, more: Partial<JobRequest> = {}, environment: Record<string, string> = {}): Promise<JobResult> {
  await engineCli(engine, "rmi", "--force", reference).catch(() => {});
  const host = nodeHost();
  const runner = createStandardRunner({ host: { ...host, home: data, environment: { ...host.environment, XDG_RUNTIME_DIR: data, ...environment } } });
  try {
    const job = await runner.start({ privateDataDir: data, playbook: "site.yml", processIsolation: true, processIsolationExecutable: engine, containerImage: reference, settings, ...more });
    return await job.result;
  } finally {
    await runner.close();
  }
}

/** Makes the authority of `secure` known to an engine, until the function that it gives is called. */
async function trust(engine: string): Promise<() => Promise<void>> {
  const directory = join(engine === "docker" ? "/etc/docker/certs.d" : "/etc/containers/certs.d", secure.host);
  certificates.push(directory);
  await mkdir(directory, { recursive: true });
  await copyFile(secure.authority!, join(directory, "ca.crt"));
  return () => rm(directory, { recursive: true });
}

const authData = (registry: Registry, more: Record<string, unknown> = {}): Record<string, unknown> => ({ container_auth_data: { host: registry.host, ...more } });

describe.each(engines)("on %s", (engine) => {
  const plain = { verify_ssl: false };
  const outcome = async (...given: Parameters<typeof pull> extends [string, ...infer Rest] ? Rest : never): Promise<string | undefined> => (await pull(engine, ...given)).error?.code;

  test("an open registry needs no credentials", async () => {
    expect(await outcome(image(open), authData(open, plain))).toBe(pulled);
  });

  test("a registry that asks for a login gets that of container_auth_data, and says which is wrong or missing [CON-15]", async () => {
    expect(await outcome(image(guarded), authData(guarded, { ...login, ...plain }))).toBe(pulled);
    expect(await outcome(image(guarded), authData(guarded, { ...login, password: "wrong", ...plain }))).toBe("REGISTRY_DENIED");
    expect(await outcome(image(guarded), authData(guarded, plain))).toBe("REGISTRY_DENIED");
  });

  test("a login is found in the files of podman and docker, and asked of a credential helper, without a word in the settings [CON-15]", async () => {
    const auths = { auths: { [guarded.host]: { auth: Buffer.from(`${login.username}:${login.password}`).toString("base64") } } };
    const wrong = { auths: { [guarded.host]: { auth: Buffer.from("robot:wrong").toString("base64") } } };
    const files = await mkdtemp(join(tmpdir(), "registry-auth-"));
    try {
      await writeFile(join(files, "auth.json"), JSON.stringify(auths));
      await writeFile(join(files, "config.json"), JSON.stringify(wrong));
      expect(await outcome(image(guarded), authData(guarded, plain), {}, { REGISTRY_AUTH_FILE: join(files, "auth.json") })).toBe(pulled);
      expect(await outcome(image(guarded), authData(guarded, plain), {}, { DOCKER_CONFIG: files })).toBe("REGISTRY_DENIED");
      await writeFile(join(files, "config.json"), JSON.stringify({ credHelpers: { [guarded.host]: "test" } }));
      await writeFile(join(files, "docker-credential-test"), '#!/bin/sh\nprintf \'{"Username": "robot", "Secret": "%s"}\' "$HELPER_SECRET"\n');
      await chmod(join(files, "docker-credential-test"), 0o755);
      const environment = { DOCKER_CONFIG: files, HELPER_SECRET: login.password, PATH: `${files}:${process.env["PATH"] ?? ""}` };
      expect(await outcome(image(guarded), authData(guarded, plain), {}, environment)).toBe(pulled);
    } finally {
      await rm(files, { recursive: true, force: true });
    }
  });

  test("a certificate is trusted when its authority is known, and only then; it can be left unverified where the engine can do that for one pull [CON-16]", async () => {
    const reference = image(secure);
    expect(await outcome(reference, authData(secure, login))).toBe("REGISTRY_UNTRUSTED");
    const untrust = await trust(engine);
    expect(await outcome(reference, authData(secure, login))).toBe(pulled);
    await untrust();
    expect(await outcome(reference, authData(secure, { ...login, verify_ssl: false }))).toBe(engine === "docker" ? "ENGINE_INCOMPATIBLE" : pulled);
  });

  test.runIf(engine === "podman")("what registries.conf says of a registry counts when the settings say nothing, and else they do [CON-16]", async () => {
    const files = await mkdtemp(join(tmpdir(), "registries-"));
    const conf = join(files, "registries.conf");
    const environment = { CONTAINERS_REGISTRIES_CONF: conf };
    try {
      await writeFile(conf, "");
      expect((await pull(engine, image(open), {}, {}, environment)).error).toMatchObject({ code: "REGISTRY_UNTRUSTED", hint: expect.stringContaining("registries.conf") as string });
      await writeFile(conf, `[[registry]]\nlocation = "${open.host}"\ninsecure = true\n`);
      expect(await outcome(image(open), {}, {}, environment)).toBe(pulled);
      expect(await outcome(image(open), authData(open, { verify_ssl: true }), {}, environment)).toBe("REGISTRY_UNTRUSTED");
    } finally {
      await rm(files, { recursive: true, force: true });
    }
  });

  test("images pull fetches with the login that is kept, shows on a terminal how far it is, and says a login that is wrong or missing with exit code 125", async () => {
    const reference = image(secure);
    const untrust = await trust(engine);
    const logins = await mkdtemp(join(tmpdir(), "registry-auth-"));
    const environment = { DOCKER_CONFIG: logins, HOME: data, XDG_RUNTIME_DIR: data };
    const words = ["images", "pull", reference, "--engine", engine];
    const keep = (password: string): Promise<void> =>
      writeFile(join(logins, "config.json"), JSON.stringify({ auths: { [secure.host]: { auth: Buffer.from(`${login.username}:${password}`).toString("base64") } } }));
    try {
      await engineCli(engine, "rmi", "--force", reference).catch(() => {});
      const missing = await runCli(words, environment);
      await keep("wrong");
      const wrong = await runCli(words, environment);
      for (const refused of [missing, wrong]) expect(refused).toMatchObject({ exitCode: 125, stdout: "", stderr: expect.stringContaining("[REGISTRY_DENIED]") as string });
      await keep(login.password);
      const { exitCode, stdout, stderr } = await runCli(words, environment);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      const id = stdout.trim().replace("sha256:", "");
      expect((await engineCli(engine, "images", "--no-trunc", "--quiet", reference)).replace("sha256:", "").trim()).toBe(id);

      await engineCli(engine, "rmi", "--force", reference);
      const quoted = [...cliCommand, ...words].map((word) => `'${word}'`).join(" ");
      const shown = await run("script", ["--quiet", "--return", "--command", quoted, "/dev/null"], { env: { ...process.env, ...environment } });
      // Each line of progress takes the place of the one before, and the last is gone when the id comes.
      expect(shown.stdout).toMatch(new RegExp(`^\\r\u001b\\[K[^\u001b]*\\w[^\u001b]*\\r\u001b\\[K(.*\u001b\\[K)?(sha256:)?${id}\\r\\n$`, "s"));
    } finally {
      await untrust();
      await rm(logins, { recursive: true, force: true });
    }
  });

  test("a tag that is not there, a registry that is down, and working offline are each said [CON-22]", async () => {
    expect(await outcome(`${open.host}/team/bare:none`, authData(open, plain))).toBe("IMAGE_NOT_FOUND");
    expect(await outcome(`${open.host}/team/none:1`, authData(open, plain))).toBe("IMAGE_NOT_FOUND");
    const down = { host: `127.0.0.1:${await freePort()}`, stop: () => Promise.resolve() };
    expect(await pull(engine, image(down), { ...authData(down, plain), container_pull_timeout: 1 })).toMatchObject({ status: "error", rc: 125, error: { code: "REGISTRY_UNREACHABLE" } });
    await expect(pull(engine, image(open), {}, { offline: true })).rejects.toMatchObject({ code: "IMAGE_NOT_FOUND", hint: expect.stringContaining("offline") });
  });

  test("with the policy newer an image that is here will do when its registry is down", async () => {
    const registry = await startRegistry();
    const reference = image(registry);
    await run("podman", ["push", "--tls-verify=false", source, reference]);
    expect(await outcome(reference, authData(registry, plain))).toBe(pulled);
    await registry.stop();
    const runner = createStandardRunner();
    try {
      const job = await runner.start({ privateDataDir: data, playbook: "site.yml", processIsolation: true, processIsolationExecutable: engine, containerImage: reference, settings: { ...authData(registry, plain), container_pull_policy: "newer" } });
      expect((await job.result).error?.code).toBe(pulled);
    } finally {
      await runner.close();
      await engineCli(engine, "rmi", "--force", reference).catch(() => {});
    }
  });

  test("a login is on no disk during a pull, after it, or after the runner was killed in the middle of it [CON-17]", async () => {
    const { server, asked, host } = await hangingRegistry();
    const helpers = await mkdtemp(join(tmpdir(), "registry-auth-"));
    try {
      await writeFile(join(helpers, "config.json"), JSON.stringify({ credsStore: "test" }));
      await writeFile(join(helpers, "docker-credential-test"), '#!/bin/sh\nprintf \'{"Username": "robot", "Secret": "%s"}\' "$HELPER_SECRET"\n');
      await chmod(join(helpers, "docker-credential-test"), 0o755);
      await mkdir(join(data, "env"), { recursive: true });
      await writeFile(join(data, "env/settings"), `container_auth_data: {host: "${host}", verify_ssl: false}\n`);
      const environment = { DOCKER_CONFIG: helpers, HELPER_SECRET: login.password, PATH: `${helpers}:${process.env["PATH"] ?? ""}`, HOME: data, XDG_RUNTIME_DIR: data };
      const cli = startCli(["run", data, "-p", "site.yml", "--process-isolation", "--process-isolation-executable", engine, "--container-image", `${host}/team/bare:1`], environment);
      expect(await asked).toBe(`Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`);
      const forms = [login.password, Buffer.from(`${login.username}:${login.password}`).toString("base64")];
      expect(await filesWith(...forms), "during").toEqual([]);
      cli.child.kill("SIGKILL");
      await cli.finished;
      expect(await filesWith(...forms), "after").toEqual([]);
    } finally {
      await rm(join(data, "env"), { recursive: true });
      await rm(helpers, { recursive: true, force: true });
      server.closeAllConnections();
      server.close();
    }
  });
});

test("the search finds what it looks for", async () => {
  const planted = await mkdtemp(join(tmpdir(), "registry-planted-"));
  await writeFile(join(planted, "x"), "a needle-4711 in it");
  expect(await filesWith("needle-4711")).toEqual([join(planted, "x")]);
  await rm(planted, { recursive: true });
});

/** Takes the login and then says nothing more. */
async function hangingRegistry(): Promise<{ readonly server: Server; readonly asked: Promise<string>; readonly host: string }> {
  const told = Promise.withResolvers<string>();
  const server = createServer((request, response) => {
    if (request.headers.authorization === undefined) response.writeHead(401, { "WWW-Authenticate": 'Basic realm="test"', "Docker-Distribution-Api-Version": "registry/2.0" }).end();
    else told.resolve(request.headers.authorization);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, asked: told.promise, host: `127.0.0.1:${(server.address() as { port: number }).port}` };
}

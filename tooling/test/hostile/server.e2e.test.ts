import { access, chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { makeDataDir } from "../../scenarios/data-dir.ts";
import { engines, image } from "../../scenarios/executions.ts";
import { serve, token, type Served } from "./served.ts";

const play = (tasks: string): string => `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`;
const files = {
  "project/ok.yml": play("    - {name: Say, debug: {msg: fine}}\n"),
  "project/wait.yml": play("    - {name: Wait, pause: {seconds: 100}}\n"),
  "project/look.yml": play(`    - {name: Environment, shell: "env | rev"}
    - {name: Server, shell: "tr '\\\\0' '\\\\n' < /proc/{{ server }}/environ | rev", ignore_errors: true}
    - {name: Keys, shell: "ls -d /root/.ssh /home/runner/.ssh; env | grep SSH_AUTH", ignore_errors: true}
`),
};
const reversed = token.split("").toReversed().join("");

let work: string;
let host: string;
const contained = new Map<string, string>();
let server: Served;
/** What the program that must not run would make. */
let ran: string;
/** A file of the server that no client is meant to see. */
let secret: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "distronode-boundary-"));
  ran = join(work, "ran");
  secret = join(work, "secret");
  await writeFile(secret, "the-secret-of-the-server\n", { mode: 0o600 });
  host = await directory("");
  for (const engine of engines) contained.set(engine, await directory(`process_isolation: true\nprocess_isolation_executable: ${engine}\ncontainer_image: ${image}\ncontainer_options: [--network=none]\n`));
  const home = join(work, "home");
  await mkdir(join(home, ".ssh"), { recursive: true });
  await writeFile(join(home, ".ssh/id_ed25519"), "the-private-key\n", { mode: 0o600 });
  const dataDirs = [...contained, ["host", host] as const].flatMap(([name, path]) => ["--data-dir", `${name}=${path}`]);
  server = await serve([...dataDirs, "--max-jobs", "2", "--max-queue", "10", "--max-streams", "20"], { DISTRONODE_RUNNER_RUNTIME_DIR: join(work, "run"), HOME: home });
});
afterAll(async () => {
  await server?.stop();
  for (const path of [work, host, ...contained.values()]) if (path !== undefined) await rm(path, { recursive: true, force: true });
});

async function directory(settings: string): Promise<string> {
  const path = await makeDataDir(settings === "" ? files : { ...files, "env/settings": settings });
  // As a container engine and as a sandbox it is called with arguments; it does the same whatever they are.
  await writeFile(join(path, "project/evil.sh"), `#!/bin/sh\nenv > ${ran}\n`);
  await chmod(join(path, "project/evil.sh"), 0o755);
  const swap = `cd "$AWX_ISOLATED_DATA_DIR" && for name in stdout stderr rc status command record.json events.ndjson; do rm -f $name; ln -s ${secret} $name; done`;
  await writeFile(join(path, "project/swap.yml"), JSON.stringify([{ hosts: "localhost", gather_facts: false, tasks: [{ shell: swap }, { debug: { msg: "still here" } }] }]));
  await symlink(secret, join(path, "project/link.yml"));
  await symlink(secret, join(path, "inventory.link"));
  await symlink(secret, join(path, "inventory/link"));
  return path;
}

const exists = (path: string): Promise<boolean> => access(path).then(() => true, () => false);
const code = (text: string): unknown => (JSON.parse(text) as { error?: { code: string } }).error?.code;

/** What came of an order that is to be refused: the answer, and what was done all the same. */
async function outcome(dataDir: string, root: string, order: object | string): Promise<{ refused: boolean; artifacts: string[]; ran: boolean; told: string[] }> {
  await rm(ran, { force: true });
  const before: readonly string[] = await readdir(join(root, "artifacts")).catch(() => []);
  const { status, text } = await server.ask("POST", "/jobs", typeof order === "string" ? order : { dataDir, playbook: "ok.yml", ...order });
  const answer = `${status} ${String(code(text))}`;
  return {
    refused: answer === "400 REQUEST_INVALID" || answer === "403 FORBIDDEN",
    artifacts: (await readdir(join(root, "artifacts")).catch((): string[] => [])).filter((name) => !before.includes(name)),
    ran: await exists(ran),
    told: [root, "the-secret-of-the-server"].filter((word) => text.includes(word)),
  };
}

const nothing = { refused: true, artifacts: [], ran: false, told: [] };

async function finished(ident: string): Promise<{ status: string; rc: number | null }> {
  let job: { status: string; rc: number | null } | undefined;
  await vi.waitFor(
    async () => {
      job = JSON.parse((await server.ask("GET", `/jobs/${ident}`)).text) as { status: string; rc: number | null };
      expect(["unstarted", "starting", "running"]).not.toContain(job.status);
    },
    { timeout: 120_000, interval: 200 },
  );
  return job!;
}

const refusals = (root: string): readonly (readonly [string, object])[] => [
  ["a program of the project in place of the engine", { processIsolationExecutable: join(root, "project/evil.sh") }],
  ["the same by its settings", { settings: { process_isolation: true, process_isolation_executable: join(root, "project/evil.sh") } }],
  ["the same relative to the directory", { processIsolation: true, processIsolationExecutable: "project/evil.sh" }],
  ["a program of the system", { processIsolation: true, processIsolationExecutable: "/bin/sh" }],
  ["bubblewrap", { processIsolation: true, processIsolationExecutable: "bwrap" }],
  ["bubblewrap by its path", { processIsolation: true, processIsolationExecutable: "/usr/bin/bwrap" }],
  ["bubblewrap by settings", { settings: { process_isolation: true, process_isolation_executable: "bwrap" } }],
  ["an engine that the operator has not named", { processIsolation: true, processIsolationExecutable: "frobnicate", containerImage: image }],
  ["whatever engine there is", { processIsolation: true, processIsolationExecutable: "auto", containerImage: image }],
  ["an image that the operator has not named", { processIsolation: true, containerImage: "localhost/distronode-runner-other:1" }],
  ["an image that is a file", { processIsolation: true, containerImage: `docker-archive:${secret}` }],
  ["isolation off", { processIsolation: false }],
  ["isolation off by settings", { settings: { process_isolation: false } }],
  ["a private key of the server", { cmdline: `--private-key ${secret}` }],
  ["a private key, abbreviated", { cmdline: `--priv=${secret}` }],
  ["a vault password file", { cmdline: `--vault-password-file ${secret}` }],
  ["a vault id", { cmdline: `--vault-id x@${secret}` }],
  ["a become password file", { cmdline: `--become-password-file=${secret}` }],
  ["an inventory of the server", { cmdline: `-i ${secret}` }],
  ["an inventory of the server in one word", { cmdline: `-i${secret}` }],
  ["variables of a file", { cmdline: `-e @${secret}` }],
  ["variables of a file in one word", { cmdline: `-e@${secret}` }],
  ["a template in a variable", { cmdline: `-e "a={{ lookup('file', '${secret}') }}"` }],
  ["a template in a variable, escaped", { cmdline: `-e 'a=\\x7b\\x7b lookup("file", "${secret}") \\x7d\\x7d'` }],
  ["another interpreter", { cmdline: `-e ansible_python_interpreter=${join(root, "project/evil.sh")}` }],
  ["options of ssh", { cmdline: "--ssh-common-args=-oProxyCommand=sh" }],
  ["another playbook behind the end of options", { cmdline: `-- ${secret}` }],
  ["a limit in a file", { limit: `@${secret}` }],
  ["a limit in a file further on", { limit: `all,@${secret}` }],
  ["a playbook that is a link out of the project", { playbook: "link.yml" }],
  ["an inventory that is a link out of the directory", { inventory: "link" }],
  ["an inventory that is a link beside it", { inventory: "../inventory.link" }],
  ["hosts with variables", { inventory: `a ansible_connection=local ansible_python_interpreter=/bin/sh,` }],
  ["more v than there is memory", { verbosity: 100_000_000 }],
  ["the server user's ssh", { settings: { container_ssh_mounts: true } }],
  ["engines of its own", { settings: { engine_plugins: ["./project/evil.mjs"] } }],
];

describe.each(["host", ...engines])("a client of a data directory of jobs on %s", (where) => {
  const root = (): string => contained.get(where) ?? host;
  const names = refusals("/").map(([name]) => name);

  test.each(names)("is refused %s, and nothing runs", async (name) => {
    expect(await outcome(where, root(), refusals(root()).find(([one]) => one === name)![1])).toEqual(nothing);
  });

  test("is refused text that is no text, with the field that has it", async () => {
    for (const [key, field] of [["ident", '"ident": "x\\ud800"'], ["settings.container_image", '"settings": {"container_image": "\\udc00"}']]) {
      const order = `{"dataDir": "${where}", "playbook": "ok.yml", ${field}}`;
      expect(await outcome(where, root(), order)).toEqual(nothing);
      expect(JSON.parse((await server.ask("POST", "/jobs", order)).text)).toMatchObject({ error: { location: { key } } });
    }
  });

  test("runs what the directory has, with what is harmless", async () => {
    const ident = `boundary-fine-${where}`;
    const { status, text } = await server.ask("POST", "/jobs", { dataDir: where, playbook: "ok.yml", ident, limit: "localhost", verbosity: 1, cmdline: "--diff -e colour=red --tags all", settings: { job_timeout: 200 } });
    expect(status, text).toBe(201);
    expect(await finished(ident)).toMatchObject({ status: "successful", rc: 0 });
  });

  test("is shown no file of the server by a job that puts links to one in the place of its output, and none is written to", async () => {
    const ident = `boundary-swap-${where}`;
    expect((await server.ask("POST", "/jobs", { dataDir: where, playbook: "swap.yml", ident })).status).toBe(201);
    const { status } = await finished(ident);
    for (const path of ["stdout", "stdout?follow=false", "events", ""]) {
      const { text } = await server.ask("GET", `/jobs/${ident}/${path}`.replace(/\/$/, "")).catch((error: Error) => ({ text: String(error) }));
      expect(text, path).not.toContain("the-secret-of-the-server");
    }
    // In a container it has swapped what is its own.
    if (where !== "host") expect([status, (await server.ask("GET", `/jobs/${ident}/stdout`)).text]).toEqual(["successful", expect.stringContaining("still here")]);
    expect(await readFile(secret, "utf8")).toBe("the-secret-of-the-server\n");
  });

  test("learns neither the server's token nor its keys from a job", async () => {
    const ident = `boundary-look-${where}`;
    expect((await server.ask("POST", "/jobs", { dataDir: where, playbook: "look.yml", ident, inventory: "hosts", verbosity: 1, cmdline: `-e server=${server.pid}` })).status).toBe(201);
    const { status } = await finished(ident);
    const told = (await server.ask("GET", `/jobs/${ident}/events?from=1`)).text;
    expect(status, told).toBe("successful");
    if (where === "host") expect(told).toContain("RID_EMITNUR_RENNUR_EDONORTSID");
    expect(told).not.toContain(token);
    expect(told).not.toContain(reversed);
    if (where === "host") return;
    // What the image itself has of the kind is no business of the server.
    expect(told).not.toContain("SSH_AUTH_SOCK=");
    expect(told).toContain("cannot access '/root/.ssh'");
  });
});

test("the server's own environment in /proc has the token no longer", async () => {
  const environ = await readFile(`/proc/${server.pid}/environ`, "utf8");
  expect(environ).toContain("DISTRONODE_RUNNER_RUNTIME_DIR=");
  expect(environ).not.toContain(token);
});

describe("under load", () => {
  test("two hundred jobs at once: some run, some wait, the others are refused with a time to come again, and health is answered", async () => {
    const answers = Promise.all(Array.from({ length: 200 }, () => server.ask("POST", "/jobs", { dataDir: "host", playbook: "wait.yml" })));
    const times: number[] = [];
    for (let count = 0; count < 20; count += 1) times.push(await server.health());
    expect(times).toHaveLength(20);
    const all = await answers;
    const accepted = all.filter(({ status }) => status === 201);
    const refused = all.filter(({ status }) => status === 429);
    expect([accepted.length, refused.length]).toEqual([12, 188]);
    for (const { headers, text } of refused) expect([Number(headers.get("retry-after")) > 0, code(text)]).toEqual([true, "TOO_MANY_REQUESTS"]);
    const idents = accepted.map(({ text }) => (JSON.parse(text) as { ident: string }).ident);
    await Promise.all(idents.map((ident) => server.ask("POST", `/jobs/${ident}/cancel`, { force: true })));
    for (const ident of idents) expect((await finished(ident)).status).toBe("canceled");
  });

  test("five hundred readers that do not read: as many as the limit says are served, and health is answered", async () => {
    const ident = "boundary-readers";
    expect((await server.ask("POST", "/jobs", { dataDir: "host", playbook: "wait.yml", ident })).status).toBe(201);
    const request = `GET /api/v1/jobs/${ident}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    const sockets = await Promise.all(Array.from({ length: 500 }, () => server.connection(request)));
    await vi.waitFor(async () => expect((await server.ask("GET", `/jobs/${ident}/events`)).status).toBe(429), { timeout: 60_000, interval: 200 });
    await server.health();
    expect((await server.ask("GET", `/jobs/${ident}`)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await server.ask("POST", `/jobs/${ident}/cancel`, { force: true });
    await finished(ident);
    // Those who went made room.
    await vi.waitFor(async () => expect((await server.ask("GET", `/jobs/${ident}/events`)).status).toBe(200), { timeout: 60_000, interval: 200 });
  });

  test("bodies that do not arrive are not waited for, and are in nobody's way", async () => {
    const head = `POST /api/v1/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
    const sockets = await Promise.all(Array.from({ length: 50 }, () => server.connection(head)));
    const closed = Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve).resume())));
    expect((await server.ask("GET", "/jobs?limit=1")).status).toBe(200);
    await server.health();
    await closed;
  });

  test("a body that is too large is refused", async () => {
    const { status, text } = await server.ask("POST", "/jobs", { dataDir: "host", playbook: "ok.yml", limit: "x".repeat(2 * 1024 * 1024) });
    expect([status, code(text)]).toEqual([413, "BODY_TOO_LARGE"]);
  });

  test("all that was refused left nothing running", async () => {
    const { jobs } = JSON.parse((await server.ask("GET", "/jobs?limit=1000")).text) as { jobs: { status: string }[] };
    expect(jobs.filter(({ status }) => ["unstarted", "starting", "running"].includes(status))).toEqual([]);
    expect(await exists(ran)).toBe(false);
  });
});

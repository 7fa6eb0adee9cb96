/**
 * server-load.ts [POSTS] [READERS] [BODIES]: the real server under loads that a client can make, and how it answers `/health` meanwhile.
 * 200 jobs asked for at once; 500 readers of a journal of some 20 MB that do not read; 100 bodies that do not arrive. Prints figures, judges nothing.
 * From the root of a checkout: node --conditions=@distronode-runner/source tooling/bench/programs/server-load.ts
 */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeDataDir } from "../../scenarios/data-dir.ts";
import { serve, token } from "../../test/hostile/served.ts";

const [posts = 200, readers = 500, bodies = 100] = process.argv.slice(2).map(Number);
const play = (tasks: string): string => `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`;
const dataDir = await makeDataDir({
  "project/short.yml": play("    - {name: Say, debug: {msg: fine}}\n"),
  "project/long.yml": play("    - {name: Say much, command: seq 30000, loop: '{{ range(0, 50) | list }}'}\n"),
});
const server = await serve(["--data-dir", `demo=${dataDir}`], { DISTRONODE_RUNNER_RUNTIME_DIR: join(dataDir, "run") });

try {
  await load("nothing", async () => sleep(3000));
  await load(`${posts} jobs asked for at once, until all that were taken have ended`, async () => {
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: posts }, () => server.ask("POST", "/jobs", { dataDir: "demo", playbook: "short.yml" })));
    const answered = performance.now() - began;
    await untilIdle();
    return `answered in ${seconds(answered)}: ${counts(answers.map(({ status }) => status))}; all ended after ${seconds(performance.now() - began)}`;
  });
  const { text } = await server.ask("POST", "/jobs", { dataDir: "demo", playbook: "long.yml" });
  const { ident } = JSON.parse(text) as { ident: string };
  await untilIdle();
  await load(`${readers} readers that do not read`, async () => {
    const request = `GET /api/v1/jobs/${ident}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    const sockets = await Promise.all(Array.from({ length: readers }, () => server.connection(request)));
    await sleep(20_000);
    const began = performance.now();
    const other = await server.ask("GET", `/jobs/${ident}`);
    const took = performance.now() - began;
    // One buffer of each, to see whether it was served.
    for (const socket of sockets) socket.read(0);
    await sleep(1000);
    const statuses = sockets.map((socket) => Number(/^HTTP\/1\.1 (\d+)/.exec((socket.read() as Buffer | null)?.toString("latin1") ?? "")?.[1] ?? 0));
    for (const socket of sockets) socket.destroy();
    return `${counts(statuses)}; another request: ${other.status} in ${took.toFixed(1)} ms`;
  });
  await load(`${bodies} bodies that do not arrive`, async () => {
    const request = `POST /api/v1/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
    const began = performance.now();
    const sockets = await Promise.all(Array.from({ length: bodies }, () => server.connection(request)));
    const closed = Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve).resume())));
    const all = await Promise.race([closed.then(() => true), sleep(90_000, false)]);
    for (const socket of sockets) socket.destroy();
    return all ? `all closed after ${seconds(performance.now() - began)}` : "some still open after 90 s";
  });
} finally {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}

/** Does it, and asks for `/health` all the while. */
async function load(name: string, work: () => Promise<string | void>): Promise<void> {
  const times: number[] = [];
  let [most, over] = [0, false];
  const watch = (async () => {
    while (!over) {
      times.push(await server.health());
      most = Math.max(most, await memory());
      await sleep(20);
    }
  })();
  const said = await work();
  over = true;
  await watch;
  times.sort((a, b) => a - b);
  const at = (share: number): string => `${times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(1)} ms`;
  console.log(`${name}\n  health: p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} (${times.length} times)\n  memory: at most ${most.toFixed(0)} MB${typeof said === "string" ? `\n  ${said}` : ""}`);
}

/** Resident megabytes of the server. */
async function memory(): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

async function untilIdle(): Promise<void> {
  for (;;) {
    const { jobs } = JSON.parse((await server.ask("GET", "/jobs?limit=1000")).text) as { jobs: { status: string }[] };
    if (!jobs.some(({ status }) => ["unstarted", "starting", "running"].includes(status))) return;
    await sleep(500);
  }
}

function counts(statuses: readonly number[]): string {
  const names: Readonly<Record<number, string>> = { 200: "served", 201: "accepted", 429: "refused", 0: "without an answer" };
  return [...new Set(statuses)].toSorted((a, b) => a - b).map((status) => `${statuses.filter((one) => one === status).length} ${names[status] ?? "answered"} (${status})`).join(", ");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

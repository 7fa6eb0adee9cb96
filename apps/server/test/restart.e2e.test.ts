import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { JobView } from "../src/index.ts";

const play = (task: string): string => `- hosts: all\n  gather_facts: false\n  tasks:\n    - ${task}\n    - debug: {msg: "the last word"}\n`;
const files = {
  "inventory/hosts": "here ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n",
  "project/short.yml": play('debug: {msg: "hello"}'),
  "project/waits.yml": play("wait_for: {path: '{{ playbook_dir }}/go', timeout: 120}"),
};

let dataDir: string;
let runtimeDir: string;
let servers: ChildProcess[];

beforeEach(async () => {
  [dataDir, runtimeDir, servers] = [await mkdtemp(join(tmpdir(), "distronode-restart-")), await mkdtemp(join(tmpdir(), "distronode-runtime-")), []];
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(dataDir, name, ".."), { recursive: true });
    await writeFile(join(dataDir, name), text);
  }
});
afterEach(async () => {
  await writeFile(join(dataDir, "project/go"), "");
  for (const server of servers) await kill(server);
  for (const directory of [dataDir, runtimeDir]) await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGKILL");
  await ended;
}

async function serve(): Promise<{ readonly server: ChildProcess; readonly ask: (path: string, body?: object) => Promise<Response> }> {
  const server = spawn(process.execPath, ["--conditions=@distronode-runner/source", fileURLToPath(new URL("serve-process.ts", import.meta.url)), dataDir, runtimeDir], { stdio: ["ignore", "pipe", "inherit"] });
  servers.push(server);
  const url = await new Promise<string>((resolve, reject) => {
    server.stdout!.once("data", (line: Buffer) => resolve(line.toString().trim()));
    server.once("exit", (code) => reject(new Error(`The server ended with ${code}.`)));
  });
  const ask = (path: string, body?: object): Promise<Response> =>
    fetch(`${url}/api/v1${path}`, { headers: { authorization: "Bearer secret", ...(body === undefined ? {} : { "content-type": "application/json" }) }, ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }) });
  return { server, ask };
}

const image = process.env["DISTRONODE_RUNNER_TEST_IMAGE"];
const engines = image === undefined ? [] : (process.env["DISTRONODE_RUNNER_TEST_ENGINES"] ?? "").split(/[\s,]+/).filter((name) => name !== "");

test.each(["host", ...engines])("a job goes on when its server is killed, the next one takes it over, and knows those that had ended: %s", async (engine) => {
  if (engine !== "host") {
    await mkdir(join(dataDir, "env"));
    await writeFile(join(dataDir, "env/settings"), `process_isolation: true\nprocess_isolation_executable: ${engine}\ncontainer_image: ${image}\ncontainer_pull_policy: never\n`);
  }
  const first = await serve();
  expect((await first.ask("/jobs", { dataDir: "demo", playbook: "short.yml", ident: "restart-ended" })).status).toBe(201);
  const text = await (await first.ask("/jobs/restart-ended/stdout")).text();
  await vi.waitFor(async () => expect(await (await first.ask("/jobs/restart-ended")).json()).toMatchObject({ status: "successful", events: expect.any(Number) as number }), { timeout: 60_000, interval: 100 });
  const before = (await (await first.ask("/jobs/restart-ended")).json()) as JobView;
  expect((await first.ask("/jobs", { dataDir: "demo", playbook: "waits.yml", ident: "restart-living" })).status).toBe(201);
  await vi.waitFor(async () => expect(await (await first.ask("/jobs/restart-living/stdout?follow=false")).text()).toContain("TASK [wait_for]"), { timeout: 60_000, interval: 100 });
  await kill(first.server);

  const second = await serve();
  await vi.waitFor(async () => expect(((await (await second.ask("/jobs")).json()) as { jobs: JobView[] }).jobs).toMatchObject([{ ident: "restart-ended" }, { ident: "restart-living", playbook: "waits.yml", status: "running" }]), { timeout: 60_000, interval: 200 });
  const after = (await (await second.ask("/jobs/restart-ended")).json()) as JobView;
  expect({ ...after, created: "", finished: "" }).toEqual({ ...before, created: "", finished: "" });
  expect(await (await second.ask("/jobs/restart-ended/stdout")).text()).toBe(text);

  const living = second.ask("/jobs/restart-living/stdout").then((response) => response.text());
  await writeFile(join(dataDir, "project/go"), "");
  expect(await living).toContain("the last word");
  await vi.waitFor(async () => expect(await (await second.ask("/jobs/restart-living")).json()).toMatchObject({ status: "successful", rc: 0 }), { timeout: 60_000, interval: 100 });
});

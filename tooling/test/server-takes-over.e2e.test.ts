import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry } from "@distronode-runner/contract";
import { createStandardRunner, nodeHost } from "@distronode-runner/standard";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startCli } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { createServer } from "@distronode-runner/server";

const headers = { authorization: "Bearer secret" };
let dataDir: string;
let runtimeDir: string;
beforeEach(async () => {
  dataDir = await makeDataDir({
    "project/site.yml": "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - {name: Wait, wait_for: {path: '{{ playbook_dir }}/go', timeout: 100}}\n    - {name: After, debug: {msg: late}}\n",
    "env/settings": "owner_gone: continue\n",
  });
  runtimeDir = await mkdtemp(join(tmpdir(), "distronode-runtime-"));
});
afterEach(async () => {
  for (const directory of [dataDir, runtimeDir]) await rm(directory, { recursive: true, force: true });
});

test("a server takes over the job of a runner that was killed, shows it whole, and it ends as if nothing had been", async () => {
  const job = startCli(["run", dataDir, "-p", "site.yml", "-i", "orphan"], { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir });
  await job.shows("TASK [Wait]");
  job.child.kill("SIGKILL");
  await job.finished;
  const runner = createStandardRunner({ host: { ...nodeHost(), runtimeDir } });
  const server = await createServer({ runner, dataDirs: new Map([["demo", dataDir]]), token: "secret" });
  const show = async (): Promise<unknown> => (await server.inject({ url: "/api/v1/jobs/orphan", headers })).json();
  try {
    await vi.waitFor(async () => expect(await show()).toMatchObject({ dataDir: "demo", playbook: "site.yml", status: "running", rc: null }), { timeout: 60_000, interval: 200 });
    await writeFile(join(dataDir, "project/go"), "");
    const stdout = (await server.inject({ url: "/api/v1/jobs/orphan/stdout", headers })).body;
    expect(stdout).toBe(await readFile(join(dataDir, "artifacts/orphan/stdout"), "utf8"));
    expect(stdout).toMatch(/TASK \[Wait\][^]*late[^]*PLAY RECAP/);
    const { body } = await server.inject({ url: "/api/v1/jobs/orphan/events", headers: { ...headers, accept: "application/x-ndjson" } });
    const entries = body.trimEnd().split("\n").map((line) => JSON.parse(line) as JournalEntry);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.at(-1)).toMatchObject({ type: "end", entries: entries.length });
    await vi.waitFor(async () => expect(await show()).toMatchObject({ status: "successful", rc: 0 }), { timeout: 20_000, interval: 200 });
  } finally {
    await server.close();
    await runner.close();
  }
});

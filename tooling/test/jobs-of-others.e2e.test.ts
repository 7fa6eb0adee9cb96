import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobSummary } from "@distronode-runner/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli, startCli, type Finished } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { containersOf } from "../scenarios/engine-cli.ts";
import { executions, image, type Execution } from "../scenarios/executions.ts";

// Each command is a process of its own that did not start the job.

const where = (execution: Execution): string[] => (execution === "host" ? [] : ["--process-isolation", "--process-isolation-executable", execution, "--container-image", image]);

let dataDir: string;
let runtimeDir: string;
beforeAll(async () => {
  dataDir = await makeDataDir({
    "project/site.yml": [
      "- hosts: localhost",
      "  gather_facts: false",
      "  tasks:",
      "    - {name: Before, debug: {msg: early}}",
      "    - {name: Wait, wait_for: {path: '{{ playbook_dir }}/{{ flag }}', timeout: 100}}",
      "    - {name: After, debug: {msg: late}}",
    ].join("\n"),
    "project/ask.yml": "- hosts: localhost\n  gather_facts: false\n  vars_prompt: [{name: word, prompt: Your word, private: true}]\n  tasks:\n    - debug: {msg: 'it has {{ word | length }} letters'}\n",
    "env/settings": "cancel_grace: 3\n",
  });
  // Its own, so that these commands see these jobs only.
  runtimeDir = await mkdtemp(join(tmpdir(), "distronode-runtime-"));
});
afterAll(async () => {
  await rm(dataDir, { recursive: true, force: true });
  await rm(runtimeDir, { recursive: true, force: true });
});

const cli = (...words: string[]): Promise<Finished> => runCli(words, { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir });
const artifact = (ident: string, name: string): Promise<string> => readFile(join(dataDir, "artifacts", ident, name), "utf8");

async function listed(ident: string): Promise<JobSummary | undefined> {
  const { stdout } = await cli("ps", "--all", "--json");
  return (JSON.parse(stdout) as JobSummary[]).find((job) => job.ident === ident);
}

async function detached(ident: string, execution: Execution, flag: string): Promise<void> {
  const started = await cli("run", dataDir, "-p", "site.yml", "--detach", "-i", ident, "--cmdline", `-e flag=${flag}`, ...where(execution));
  expect(started, started.stderr).toMatchObject({ exitCode: 0, stdout: `${ident}\n` });
}

/** Looks on until the job waits, then leaves it. */
async function untilItWaits(ident: string): Promise<Finished> {
  const looking = startCli(["attach", ident], { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir });
  await looking.shows("TASK [Wait]");
  looking.child.kill("SIGINT");
  return looking.finished;
}

describe.each(executions)("a job on %s that was left running", (execution) => {
  test("is listed, shown, followed and waited for by others", async () => {
    const ident = `others-${execution}`;
    await detached(ident, execution, ident);
    const attached = startCli(["attach", ident], { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir });
    await attached.shows("TASK [Wait]");
    expect(await listed(ident)).toMatchObject({ status: "running", runner: "alive" });
    const logs = await cli("logs", ident);
    expect(logs.stdout).toContain("early");
    expect(logs.stdout).not.toContain("late");
    expect(await untilItWaits(ident)).toMatchObject({ exitCode: 130, stderr: expect.stringContaining("goes on") as string });
    const waiting = cli("wait", ident);
    await writeFile(join(dataDir, "project", ident), "");
    expect(await waiting).toMatchObject({ exitCode: 0, stdout: "successful\n" });
    expect(await attached.finished).toMatchObject({ exitCode: 0, stdout: await artifact(ident, "stdout") });
    expect(await listed(ident)).toMatchObject({ status: "successful", runner: "ended", engine: execution === "host" ? "process" : execution, ended: expect.any(Number) as number });
    const events = await cli("events", ident, "--kind", "runner_on_*", "--task", "After");
    expect(events.stdout.split("\n").slice(1).map((line) => line.trim().split(/ +/).slice(1).join(" "))).toEqual(["runner_on_start localhost After", "runner_on_ok localhost After", ""]);
    expect(await cli("events", ident, "--host", "nobody")).toMatchObject({ exitCode: 0, stderr: "No event matches.\n" });
  });

  test("is canceled by another, also when its runner was killed, and nothing of it is left", async () => {
    for (const kill of [false, true]) {
      const ident = `cancel-others-${execution}-${kill}`;
      await detached(ident, execution, "never");
      await untilItWaits(ident);
      if (kill) process.kill((await listed(ident))!.pid!, "SIGKILL");
      expect(await cli("cancel", ident)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("canceled") as string });
      expect(await artifact(ident, "status")).toBe("canceled");
      expect((await cli("wait", ident)).exitCode).toBe(254);
      if (execution !== "host") expect(await containersOf(execution, ident)).toEqual([]);
    }
  });

  test("whose runner was killed is settled by doctor, and by the next job of that name", async () => {
    const ident = `settled-${execution}`;
    await detached(ident, execution, ident);
    await untilItWaits(ident);
    process.kill((await listed(ident))!.pid!, "SIGKILL");
    expect(await listed(ident)).toMatchObject({ runner: "gone" });
    expect((await cli("doctor")).stdout).toContain(`${ident}: no runner`);
    expect((await cli("run", dataDir, "-p", "site.yml", "-i", ident, ...where(execution))).stderr, "another job of that name").toContain(`distronode-runner attach ${ident}`);
    expect((await cli("doctor", "--fix")).stdout).toContain(`${ident}: goes on`);
    expect(await listed(ident)).toMatchObject({ runner: "alive" });
    await writeFile(join(dataDir, "project", ident), "");
    expect((await cli("wait", ident)).exitCode).toBe(0);
  });
});

test("a question that nobody answers is shown to others, and one of them answers it, unseen", async () => {
  const ident = "asking";
  const started = await cli("run", dataDir, "-p", "ask.yml", "--terminal", "--detach", "-i", ident);
  expect(started.exitCode, started.stderr).toBe(0);
  await expect.poll(() => listed(ident), { timeout: 60_000, interval: 500 }).toMatchObject({ question: "Your word:" });
  const answering = startCli(["answer", ident], { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir }, "swordfish\n");
  expect((await answering.finished).exitCode).toBe(0);
  expect((await cli("wait", ident)).exitCode).toBe(0);
  expect(await artifact(ident, "stdout")).toContain("it has 9 letters");
  for (const name of ["stdout", "events.ndjson", "command", "record.json"]) expect(await artifact(ident, name)).not.toContain("swordfish");
});

test("a job that nobody knows is said to be unknown, with a name that is like it", async () => {
  expect(await cli("wait", "askin")).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("asking") as string });
  expect(await cli("logs", "./nowhere")).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("holds no artifacts") as string });
});

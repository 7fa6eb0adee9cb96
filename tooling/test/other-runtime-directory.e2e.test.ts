import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli, startCli, type Finished } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { containersOf } from "../scenarios/engine-cli.ts";
import { executions, image, type Execution } from "../scenarios/executions.ts";

// Two environments that share nothing but the disk: as a job of cron, and its user who logs in.

const where = (execution: Execution): string[] => (execution === "host" ? [] : ["--process-isolation", "--process-isolation-executable", execution, "--container-image", image]);

let dataDir: string;
let mine: string;
let theirs: string;
beforeEach(async () => {
  dataDir = await makeDataDir({
    "project/site.yml": "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - {name: Before, debug: {msg: early}}\n    - {name: Wait, wait_for: {path: '{{ playbook_dir }}/go', timeout: 200}}\n    - {name: After, debug: {msg: late}}\n",
    "env/settings": "cancel_grace: 3\nowner_gone: continue\n",
  });
  [mine, theirs] = [await mkdtemp(join(tmpdir(), "rt-a-")), await mkdtemp(join(tmpdir(), "rt-b-"))];
});
afterEach(async () => {
  for (const directory of [dataDir, mine, theirs]) await rm(directory, { recursive: true, force: true });
});

const from = (runtimeDir: string) => (...words: string[]): Promise<Finished> => runCli(words, { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir });
const statusOf = (ident: string): Promise<string> => readFile(join(dataDir, "artifacts", ident, "status"), "utf8").catch(() => "none");

describe.each(executions)("a job on %s that was started with another runtime directory", (execution) => {
  test("is shown, not settled, and does what it is told", async () => {
    const ident = `other-runtime-${execution}`;
    const path = join(dataDir, "artifacts", ident);
    const job = startCli(["run", dataDir, "-p", "site.yml", "-i", ident, ...where(execution)], { DISTRONODE_RUNNER_RUNTIME_DIR: mine });
    await job.shows("TASK [Wait]");
    const there = from(theirs);
    for (const words of [["logs", path], ["doctor", "--fix"], ["ps", "--all"]]) expect((await there(...words)).exitCode, words.join(" ")).toBeLessThan(2);
    expect((await there("logs", path)).stdout).toContain("early");
    expect(await there("run", dataDir, "-p", "site.yml", "-i", ident, ...where(execution))).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("has not ended") as string });
    expect(await statusOf(ident)).toBe("none");
    expect(await there("cancel", path)).toMatchObject({ exitCode: 0 });
    expect((await job.finished).exitCode).toBe(254);
    expect(await statusOf(ident)).toBe("canceled");
  });

  test("is left alone when its runner was killed, and whoever asks is told where it is known", async () => {
    const ident = `other-runtime-killed-${execution}`;
    const path = join(dataDir, "artifacts", ident);
    const job = startCli(["run", dataDir, "-p", "site.yml", "-i", ident, ...where(execution)], { DISTRONODE_RUNNER_RUNTIME_DIR: mine });
    await job.shows("TASK [Wait]");
    job.child.kill("SIGKILL");
    await job.finished;
    const there = from(theirs);
    for (const words of [["cancel", path], ["wait", path], ["attach", path]]) {
      expect(await there(...words), words.join(" ")).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(mine) as string });
    }
    await there("doctor", "--fix");
    expect(await statusOf(ident)).toBe("none");
    await writeFile(join(dataDir, "project/go"), "");
    expect(await from(mine)("wait", ident)).toMatchObject({ exitCode: 0 });
    expect(await statusOf(ident)).toBe("successful");
    if (execution !== "host") expect(await containersOf(execution, ident)).toEqual([]);
  });
});

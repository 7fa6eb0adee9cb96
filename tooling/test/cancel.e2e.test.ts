import { access, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli, startCli } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { containersOf } from "../scenarios/engine-cli.ts";
import { executions, image, type Execution } from "../scenarios/executions.ts";

const where = (execution: Execution): string[] => (execution === "host" ? [] : ["--process-isolation", "--process-isolation-executable", execution, "--container-image", image]);
const playbook = (task: string): string => `- hosts: localhost\n  gather_facts: false\n  tasks:\n    - name: Wait\n      ${task}\n`;

let dataDir: string;
beforeEach(async () => {
  dataDir = await makeDataDir({
    "project/pause.yml": playbook("ansible.builtin.pause: {seconds: 600}"),
    "project/stubborn.yml": playbook(`ansible.builtin.shell: "trap '' INT TERM; echo $$ > {{ playbook_dir }}/pid; while :; do sleep 1; done"`),
    "env/settings": "cancel_grace: 3\n",
  });
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const artifact = (ident: string, name: string): Promise<string> => readFile(join(dataDir, "artifacts", ident, name), "utf8");

/** Not one that has ended and that nobody has collected yet. */
async function runs(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  return stat !== "" && !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
}

describe.each(executions)("a job on %s", (execution) => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("ends as canceled with 254 on %s, and nothing of it is left [CLI-18] [STA-04] [STA-05]", async (signal) => {
    const ident = `cancel-${execution}-${signal}`;
    const job = startCli(["run", dataDir, "-p", "pause.yml", "-i", ident, ...where(execution)]);
    await job.shows("TASK [Wait]");
    if (execution !== "host") expect(await containersOf(execution, ident)).toEqual([`distronode_runner_${ident}`]);
    const asked = Date.now();
    job.child.kill(signal);
    const { exitCode, stderr } = await job.finished;
    expect(exitCode, stderr).toBe(254);
    expect((Date.now() - asked) / 1000, "seconds from signal to end, with a grace of 3").toBeLessThan(3 + 5);
    expect(await artifact(ident, "status")).toBe("canceled");
    expect(await artifact(ident, "rc")).toBe("254");
    if (execution !== "host") expect(await containersOf(execution, ident)).toEqual([]);
  });

  test("is killed at the end of its grace when it does not listen [STA-07]", async () => {
    const ident = `stubborn-${execution}`;
    const job = startCli(["run", dataDir, "-p", "stubborn.yml", "-i", ident, ...where(execution)]);
    await job.shows("TASK [Wait]");
    await expect.poll(() => access(join(dataDir, "project/pid")).then(() => true, () => false), { timeout: 30_000 }).toBe(true);
    const pid = Number(await readFile(join(dataDir, "project/pid"), "utf8"));
    job.child.kill("SIGINT");
    expect((await job.finished).exitCode).toBe(254);
    expect(await artifact(ident, "status")).toBe("canceled");
    if (execution === "host") expect(await runs(pid)).toBe(false);
    else expect(await containersOf(execution, ident)).toEqual([]);
  });

  test("ends as timeout when its time is over [SET-01] [STA-06]", async () => {
    const ident = `timeout-${execution}`;
    const settings = await makeDataDir({ "project/pause.yml": playbook("ansible.builtin.pause: {seconds: 600}"), "env/settings": "job_timeout: 4\ncancel_grace: 3\n" });
    try {
      expect((await runCli(["run", settings, "-p", "pause.yml", "-i", ident, ...where(execution)])).exitCode).toBe(254);
      expect(await readFile(join(settings, "artifacts", ident, "status"), "utf8")).toBe("timeout");
    } finally {
      await rm(settings, { recursive: true, force: true });
    }
  });
});

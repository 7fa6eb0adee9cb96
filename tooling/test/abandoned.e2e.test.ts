import { rm } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { runCli, startCli } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { containersOf, engineCli } from "../scenarios/engine-cli.ts";
import { engines, image } from "../scenarios/executions.ts";

describe.each(engines)("a runner on %s that is killed", (engine) => {
  test("leaves a job that ends by itself, and its name is free for the next one", async () => {
    const ident = `abandoned-${engine}`;
    const where = ["-i", ident, "--process-isolation", "--process-isolation-executable", engine, "--container-image", image];
    const dataDir = await makeDataDir({
      "project/wait.yml": "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - name: Wait\n      ansible.builtin.pause: {seconds: 600}\n",
      "project/quick.yml": "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - ansible.builtin.debug: {msg: hi}\n",
      "env/settings": "cancel_grace: 1\nowner_gone_timeout: 1\n",
    });
    try {
      const job = startCli(["run", dataDir, "-p", "wait.yml", ...where]);
      await job.shows("TASK [Wait]");
      job.child.kill("SIGKILL");
      await job.finished;
      const [name] = await containersOf(engine, ident);
      await expect.poll(() => engineCli(engine, "top", name!), { timeout: 60_000, interval: 500 }).not.toContain("ansible");
      const next = await runCli(["run", dataDir, "-p", "quick.yml", ...where]);
      expect(next.exitCode, next.stderr).toBe(0);
      expect(await containersOf(engine, ident)).toEqual([]);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

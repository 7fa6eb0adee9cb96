import { execFile } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { startCli } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { containersOf, engineCli } from "../scenarios/engine-cli.ts";
import { executions, image } from "../scenarios/executions.ts";

const run = promisify(execFile);
const secret = "s3cr3t-4nd-l0ng";
const ordinary = "an-ordinary-name-with-a-secret-inside-9f2";

describe.each(executions)("a secret in env/envvars of a job on %s", (execution) => {
  test("reaches the tool, and is in no argv, not in the engine's inspect output, and in no artifact [CLI-06] [SEC-01] [STA-18]", async () => {
    const ident = `secret-${execution}`;
    const dataDir = await makeDataDir({
      "project/secret.yml": `- hosts: localhost
  gather_facts: false
  tasks:
    - name: The tool has it
      ansible.builtin.assert:
        that:
          - lookup('env', 'MY_PASSWORD') | length == ${secret.length}
          - lookup('env', 'GREETING') | length == ${ordinary.length}
    - name: Wait
      ansible.builtin.pause:
        seconds: 600
`,
      "env/envvars": `MY_PASSWORD: ${secret}\nGREETING: ${ordinary}\nTWO_LINES: "${secret}\\nsecond"\n`,
    });
    try {
      const job = startCli(["run", dataDir, "-p", "secret.yml", "-i", ident, ...(execution === "host" ? [] : ["--process-isolation", "--process-isolation-executable", execution, "--container-image", image])]);
      await job.shows("TASK [Wait]");
      const seen: Record<string, string> = { argv: (await run("ps", ["-eww", "-o", "args"], { maxBuffer: 64 * 1024 * 1024 })).stdout };
      if (execution !== "host") {
        const [name] = await containersOf(execution, ident);
        seen["inspect"] = await engineCli(execution, "inspect", name!);
        seen["logs"] = await engineCli(execution, "logs", name!).catch((error: unknown) => String(error));
      }
      job.child.kill("SIGINT");
      const { exitCode, stdout, stderr } = await job.finished;
      expect(exitCode, stderr).toBe(254);
      Object.assign(seen, { stdout, stderr });
      const directory = join(dataDir, "artifacts", ident);
      for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) seen[entry.name] = await readFile(join(entry.parentPath, entry.name), "utf8");
      }
      expect(Object.keys(seen)).toContain("command");
      for (const [place, text] of Object.entries(seen)) {
        expect(text.includes(secret), place).toBe(false);
        expect(text.includes(ordinary), place).toBe(false);
      }
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

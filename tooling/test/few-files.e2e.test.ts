import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { cliCommand } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";

/** The command line with a limit of open files. */
const limited = (files: number, ...words: string[]): Promise<{ readonly code: number; readonly stderr: string }> =>
  new Promise((resolve) =>
    execFile("/bin/sh", ["-c", `ulimit -n ${files} && exec "$@"`, "sh", ...cliCommand, ...words], (error, _stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), stderr })),
  );

describe("with few open files allowed", () => {
  // Node itself needs more than 22 to load a program.
  test.each([26, 28, 30, 32, 34, 36])("%i: a job runs, or says what limit it met, and never that the runner is broken", async (files) => {
    const data = await makeDataDir({ "project/site.yml": "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - command: sleep 0.2\n" });
    try {
      const { code, stderr } = await limited(files, "run", data, "-p", "site.yml", "-i", "few");
      expect(stderr).not.toContain("[INTERNAL]");
      if (code === 0) return;
      expect([code, stderr]).toEqual([71, expect.stringContaining("[HOST_LIMIT]")]);
      expect(stderr).toContain("ulimit -n");
    } finally {
      await rm(data, { recursive: true, force: true });
    }
  });
});

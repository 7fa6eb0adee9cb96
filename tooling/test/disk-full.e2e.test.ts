import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createStandardRunner, nodeHost } from "@distronode-runner/standard";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { containersOf } from "../scenarios/engine-cli.ts";
import { executions, isolation } from "../scenarios/executions.ts";

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

// A disk of a megabyte can be had by root alone.
describe.runIf(isRoot).each(executions)("a job on %s whose artifacts have no room", (execution) => {
  let dataDir: string;
  let disk: string;
  beforeAll(async () => {
    dataDir = await makeDataDir({ "project/.keep": "", "env/settings": "cancel_grace: 1\n" });
    disk = await mkdtemp(join(tmpdir(), "distronode-disk-"));
    await run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]);
  });
  afterAll(async () => {
    await run("umount", [disk]);
    await rm(disk, { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  });

  test("ends, says that the disk is full, and leaves nothing running", async () => {
    const ident = `full-${execution}`;
    // A place of its own: what is settled here is no other test's job.
    const runner = createStandardRunner({ host: { ...nodeHost(), runtimeDir: join(dataDir, "runtime") } });
    try {
      const script = "import sys\nfor n in range(40000): print('line', n, 'x' * 60)\nsys.stdout.flush()\nimport time; time.sleep(600)";
      const job = await runner.start({ privateDataDir: dataDir, command: ["python3", "-c", script], ident, artifactDir: disk, ...isolation(execution) });
      expect(await job.result).toMatchObject({ status: "error", error: { code: "STORE_FULL" } });
      if (execution !== "host") expect(await containersOf(execution, ident)).toEqual([]);
      // Who asks later is told the same, on a disk that is full still and on one that has room again, and nobody writes another verdict over it.
      const told = await (await runner.attach(job.artifactDir)).result;
      expect(told).toMatchObject({ status: "error", rc: 74, error: { code: "STORE_FULL" } });
      await run("mount", ["-o", "remount,size=4m", disk]);
      await runner.reconcile();
      expect(await (await runner.attach(job.artifactDir)).result).toEqual(told);
      expect(JSON.parse(await readFile(join(job.artifactDir, "record.json"), "utf8"))).toMatchObject({ status: "error", error: { code: "STORE_FULL" } });
      expect([await readFile(join(job.artifactDir, "status"), "utf8"), await readFile(join(job.artifactDir, "rc"), "utf8")]).toEqual(["error", "74"]);
    } finally {
      await runner.close();
    }
  });
});

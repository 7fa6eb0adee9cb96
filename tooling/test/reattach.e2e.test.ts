import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JournalEntry } from "@distronode-runner/contract";
import { createStandardRunner } from "@distronode-runner/standard";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startCli } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { containersOf } from "../scenarios/engine-cli.ts";
import { executions, image, isolation, type Execution } from "../scenarios/executions.ts";

const where = (execution: Execution): string[] => (execution === "host" ? [] : ["--process-isolation", "--process-isolation-executable", execution, "--container-image", image]);

let dataDir: string;
beforeEach(async () => {
  dataDir = await makeDataDir({
    "project/site.yml": [
      "- hosts: localhost",
      "  gather_facts: false",
      "  tasks:",
      "    - {name: Before, debug: {msg: 'item {{ item }}'}, loop: '{{ range(20) | list }}'}",
      "    - {name: Wait, wait_for: {path: '{{ playbook_dir }}/go', timeout: 100}}",
      "    - {name: After, debug: {msg: 'item {{ item }} {{ secret_word }}'}, loop: '{{ range(20) | list }}'}",
    ].join("\n"),
    "env/extravars": "secret_word: s3cr3t-and-long\napi_password: s3cr3t-and-long\n",
    "env/settings": "cancel_grace: 3\nowner_gone: continue\n",
  });
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function journalOf(ident: string): Promise<readonly JournalEntry[]> {
  const text = await readFile(join(dataDir, "artifacts", ident, "events.ndjson"), "utf8");
  return text.trimEnd().split("\n").map((line) => JSON.parse(line) as JournalEntry);
}

/** What two runs of the same job have in common. */
const course = (entries: readonly JournalEntry[]): unknown[] =>
  entries.map((entry) => {
    if (entry.type === "event") return [entry.seq, entry.event.counter, entry.event.event, entry.event.stdout, entry.event.start_line, entry.event.end_line];
    if (entry.type === "status") return [entry.seq, entry.status];
    // The journal's own bytes depend on the ident and on times.
    return entry.type === "end" ? { ...entry, time: "", bytes: 0, sum: "" } : [entry.seq, entry.type];
  });

describe.each(executions)("a job on %s whose runner is killed", (execution) => {
  test("goes on, and with another runner its journal and artifacts are those of an undisturbed one", async () => {
    const [ident, twin] = [`reattach-${execution}`, `reattach-undisturbed-${execution}`];
    const job = startCli(["run", dataDir, "-p", "site.yml", "-i", ident, ...where(execution)]);
    await job.shows("TASK [Wait]");
    job.child.kill("SIGKILL");
    await job.finished;
    const runner = createStandardRunner();
    try {
      expect(await runner.jobs()).toContainEqual(expect.objectContaining({ ident, status: "running", runner: "gone" }));
      await writeFile(join(dataDir, "project/go"), "");
      const attached = await runner.attach(ident);
      const result = await attached.result;
      expect(result, JSON.stringify(result.error)).toMatchObject({ ident, status: "successful", rc: 0 });
      const undisturbed = await runner.start({ privateDataDir: dataDir, playbook: "site.yml", ident: twin, ...isolation(execution) });
      const calm = await undisturbed.result;
      expect(calm, JSON.stringify(calm.error)).toMatchObject({ status: "successful", rc: 0 });
      expect(course(await journalOf(ident))).toEqual(course(await journalOf(twin)));
      const artifacts = join(dataDir, "artifacts", ident);
      expect(await readFile(join(artifacts, "stdout"), "utf8")).toBe(await readFile(join(dataDir, "artifacts", twin, "stdout"), "utf8"));
      expect(await readFile(join(artifacts, "stdout"), "utf8")).not.toContain("s3cr3t");
      expect((await readdir(join(artifacts, "job_events"))).length).toBe((await readdir(join(dataDir, "artifacts", twin, "job_events"))).length);
      expect(JSON.parse(await readFile(join(artifacts, "record.json"), "utf8"))).toMatchObject({ handovers: 1 });
      expect((await runner.jobs()).filter((one) => one.ident === ident)).toEqual([]);
      if (execution !== "host") expect(await containersOf(execution, ident)).toEqual([]);
    } finally {
      await runner.close();
    }
  });
});

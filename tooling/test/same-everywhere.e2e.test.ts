import { mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobRequest, JobResult } from "@distronode-runner/contract";
import { createStandardRunner } from "@distronode-runner/standard";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { executions, isolation, type Execution } from "../scenarios/executions.ts";

// The same private data directory gives the same result wherever its jobs run.

const places: readonly Execution[] = [...executions, "bwrap"];
const where = (execution: Execution): Partial<JobRequest> => (execution === "bwrap" ? { processIsolation: true, processIsolationExecutable: "bwrap" } : isolation(execution));

let outside: string;
beforeEach(async () => void (outside = await realpath(await mkdtemp(join(tmpdir(), "same-outside-")))));
afterEach(() => rm(outside, { recursive: true, force: true }));

async function run(execution: Execution, files: Record<string, string>, request: Partial<JobRequest>, prepare: (data: string) => Promise<void> = () => Promise.resolve()): Promise<{ readonly data: string; readonly result: JobResult; readonly stdout: string }> {
  const data = await makeDataDir(files);
  await prepare(data);
  const runner = createStandardRunner();
  try {
    const job = await runner.start({ privateDataDir: data, ...where(execution), ...request });
    const result = await job.result;
    return { data, result, stdout: await job.stdout() };
  } finally {
    await runner.close();
  }
}

const hosts = { "inventory/hosts": "localhost ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n" };
const facts = "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - set_fact: {shape: round, cacheable: true}\n";

describe.each(places)("on %s", (execution) => {
  test("a project and artifacts that are links to elsewhere work, and stay what they are", async () => {
    const { data, result, stdout } = await run(execution, { ...hosts, "project/site.yml": "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - copy: {content: x, dest: '{{ playbook_dir }}/made'}\n" }, { playbook: "site.yml", ident: "linked" }, async (root) => {
      await rename(join(root, "project"), join(outside, "project"));
      await symlink(join(outside, "project"), join(root, "project"));
      await mkdir(join(outside, "artifacts"));
      await symlink(join(outside, "artifacts"), join(root, "artifacts"));
    });
    try {
      expect(result, stdout).toMatchObject({ status: "successful", rc: 0 });
      expect((await readdir(join(outside, "project"))).sort()).toEqual(["made", "site.yml"]);
      expect(await readFile(join(outside, "artifacts/linked/status"), "utf8")).toBe("successful");
      expect((await readdir(data)).sort()).toEqual(["artifacts", "inventory", "project"]);
    } finally {
      await rm(data, { recursive: true, force: true });
    }
  });

  test("a cache of facts in a place that does not exist yet is made there", async () => {
    const cache = join(outside, "deep/facts");
    const { data, result, stdout } = await run(execution, { ...hosts, "project/site.yml": facts }, { playbook: "site.yml", settings: { fact_cache: cache } });
    try {
      expect(result, stdout).toMatchObject({ status: "successful", rc: 0 });
      expect(JSON.parse(await readFile(join(cache, "localhost"), "utf8"))).toMatchObject({ shape: "round" });
    } finally {
      await rm(data, { recursive: true, force: true });
    }
  });

  test("what a role writes beside its playbook is there afterwards", async () => {
    const tasks = "- copy: {content: new, dest: '{{ playbook_dir }}/made'}\n- copy: {content: new, dest: '{{ playbook_dir }}/replaced'}\n- file: {path: '{{ playbook_dir }}/deep/er', state: directory}\n";
    const { data, result, stdout } = await run(execution, { ...hosts, "project/replaced": "old", "roles/writer/tasks/main.yml": tasks }, { role: "writer", hosts: "localhost", roleSkipFacts: true });
    try {
      expect(result, stdout).toMatchObject({ status: "successful", rc: 0 });
      expect((await readdir(join(data, "project"))).sort()).toEqual(["deep", "made", "replaced"]);
      expect([await readFile(join(data, "project/made"), "utf8"), await readFile(join(data, "project/replaced"), "utf8"), await readdir(join(data, "project/deep"))]).toEqual(["new", "new", ["er"]]);
    } finally {
      await rm(data, { recursive: true, force: true });
    }
  });

  test("inventories and variables that the cmdline names without a space, and by paths with a comma, are found", async () => {
    await writeFile(join(outside, "hosts,old"), "localhost ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n");
    await writeFile(join(outside, "vars.yml"), "shape: round\n");
    const playbook = "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - debug: {msg: 'it is {{ shape }}'}\n";
    for (const [cmdline, inventory] of [[`-i${outside}/hosts,old -e@${outside}/vars.yml`, undefined], [`-e@${outside}/vars.yml`, join(outside, "hosts,old")]] as const) {
      const { data, result, stdout } = await run(execution, { "project/site.yml": playbook }, { playbook: "site.yml", cmdline, ...(inventory === undefined ? {} : { inventory }) });
      await rm(data, { recursive: true, force: true });
      expect(result, stdout).toMatchObject({ status: "successful", rc: 0 });
      expect(stdout).toContain("it is round");
    }
  });
});

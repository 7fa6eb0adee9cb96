import { execFile } from "node:child_process";
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createStandardRunner } from "@distronode-runner/standard";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { engineCli } from "../scenarios/engine-cli.ts";
import { engines, image, isolation } from "../scenarios/executions.ts";

const users = ["0", "1000", "4242:4242"];
const reference = (user: string): string => `localhost/distronode-runner-user:${user.replace(":", "-")}`;

/** An image that differs in its USER alone. */
function build(engine: string, user: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(engine, ["build", "--tag", reference(user), "-"], (error, _stdout, stderr) => (error === null ? resolve() : reject(new Error(stderr))));
    child.stdin!.end(`FROM ${image}\nUSER ${user}\n`);
  });
}

describe.each(engines)("what a job on %s leaves", (engine) => {
  beforeAll(async () => {
    for (const user of users) await build(engine, user);
  });
  afterAll(() => engineCli(engine, "rmi", "--force", ...users.map(reference)));

  test.each(users)("with an image whose user is %s belongs to the caller, and is the caller's alone", async (user) => {
    const data = await makeDataDir({ "project/site.yml": "- hosts: localhost\n  gather_facts: true\n  tasks:\n    - copy: {content: x, dest: '{{ playbook_dir }}/made', mode: '0640'}\n" });
    const runner = createStandardRunner();
    try {
      const job = await runner.start({ privateDataDir: data, playbook: "site.yml", ...isolation(engine, reference(user)) });
      const { rc, artifactDir } = await job.result;
      expect(rc, await job.stdout()).toBe(0);
      const table: Record<string, string> = {};
      for (const entry of [artifactDir, ...(await readdir(artifactDir, { recursive: true })).map((name) => join(artifactDir, name)), join(data, "project/made")]) {
        const { uid, gid, mode } = await lstat(entry);
        expect([uid, gid], entry).toEqual([process.getuid!(), process.getgid!()]);
        table[entry.replace(`${artifactDir}/`, "").replace(/\d+-[\w-]+\.json$/, "EVENT").replace(data, "")] = (mode & 0o777).toString(8);
      }
      expect(table).toMatchObject({ "job_events/EVENT": "600", "stdout": "600", "rc": "600", "status": "600", "command": "600", "events.ndjson": "600", "fact_cache": "700", "fact_cache/localhost": "600", "/project/made": "640" });
    } finally {
      await runner.close();
      await rm(data, { recursive: true, force: true });
    }
  });
});

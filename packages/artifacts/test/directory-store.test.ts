import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobPlan, JobResult } from "@distronode-runner/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { directoryStore } from "../src/index.ts";

let root: string;
let umask: number;
beforeEach(async () => {
  umask = process.umask(0);
  root = await mkdtemp(join(tmpdir(), "distronode-artifacts-"));
});
afterEach(async () => {
  process.umask(umask);
  await rm(root, { recursive: true, force: true });
});

const plan = (suppressFiles = false, ident = "job", keep = 0): JobPlan => ({ ident, artifactDir: join(root, "artifacts", ident), factCache: join(root, "artifacts", ident, "fact_cache"), output: { json: false, quiet: false, suppressFiles, eventFiles: true, rotate: keep } }) as JobPlan;
const result: JobResult = { ident: "job", status: "failed", rc: 2, artifactDir: "", events: 1, phases: {} };
const text = (name: string): Promise<string> => readFile(join(root, "artifacts", "job", name), "utf8");
const mode = async (name: string): Promise<string> => ((await stat(join(root, "artifacts", name))).mode & 0o777).toString(8);

test("the classic files hold what was handed over, private whatever the umask [ART-01] [ART-04] [ART-05] [ART-07] [ART-09] [ART-13] [SEC-02]", async () => {
  const job = await directoryStore().open(plan());
  await job.command({ command: ["a", "b c"], cwd: "/x", env: { A: "ü" } });
  job.stdout(Buffer.from("one\n"));
  job.stdout(Buffer.from("two\n"));
  job.event(1, "u-1", '{"counter":1}');
  await job.finish(result, { version: 1 });
  expect(await text("command")).toBe('{"command": ["a", "b c"], "cwd": "/x", "env": {"A": "ü"}}');
  expect(await text("stdout")).toBe("one\ntwo\n");
  expect(await text("stderr")).toBe("");
  expect(await text("rc")).toBe("2");
  expect(await text("status")).toBe("failed");
  expect(await text("job_events/1-u-1.json")).toBe('{"counter":1}');
  expect(await readdir(join(root, "artifacts", "job", "job_events"))).toEqual(["1-u-1.json"]);
  for (const name of ["command", "stdout", "stderr", "rc", "status", "record.json", "job_events/1-u-1.json"]) expect(await mode(`job/${name}`), name).toBe("600");
  for (const name of ["", "job", "job/job_events"]) expect(await mode(name), name).toBe("700");
});

test("where a group may write, the place of all artifacts is the group's too, and each job's own directory is not [SEC-02]", async () => {
  await chmod(root, 0o2770);
  process.umask(0o077);
  const job = await directoryStore().open(plan());
  await job.finish(result, {});
  expect(((await stat(join(root, "artifacts"))).mode & 0o7777).toString(8)).toBe("2770");
  expect(await mode("job")).toBe("700");
});

test("a directory like /tmp, where everybody may write, shares nothing [SEC-02]", async () => {
  await chmod(root, 0o1777);
  const job = await directoryStore().open(plan());
  await job.finish(result, {});
  expect(await mode("")).toBe("700");
});

test("of very many events each gets its file, whole", async () => {
  const job = await directoryStore().open(plan());
  for (let counter = 1; counter <= 5000; counter += 1) {
    job.event(counter, "u", JSON.stringify({ counter, text: "ü".repeat(100) }));
    if (counter % 500 === 0) await job.ready();
  }
  await job.finish(result, {});
  const names = await readdir(join(root, "artifacts", "job", "job_events"));
  expect(names).toHaveLength(5000);
  for (const name of ["1-u.json", "300-u.json", "5000-u.json"]) {
    expect(JSON.parse(await text(`job_events/${name}`))).toEqual({ counter: Number.parseInt(name, 10), text: "ü".repeat(100) });
    expect(await mode(`job/job_events/${name}`)).toBe("600");
  }
});

test("an event file that can not be written fails the flush, among few and among many", async () => {
  for (const count of [1, 1000]) {
    const job = await directoryStore().open(plan(false, `job${count}`));
    await rm(join(root, "artifacts", `job${count}`, "job_events"), { recursive: true });
    for (let counter = 1; counter <= count; counter += 1) job.event(counter, "u", "{}");
    await job.ready();
    await expect(job.flush()).rejects.toMatchObject({ code: "STORE_FAILED" });
  }
});

test("without event files their directory stays empty", async () => {
  const wanted = plan();
  const job = await directoryStore().open({ ...wanted, output: { ...wanted.output, eventFiles: false } });
  job.event(1, "u", "{}");
  await job.finish(result, {});
  expect(await readdir(join(root, "artifacts", "job", "job_events"))).toEqual([]);
});

test("a second run of an ident replaces the first, and what others put there stays [ART-03]", async () => {
  const first = await directoryStore().open(plan());
  first.event(7, "old", "{}");
  await first.finish(result, {});
  await writeFile(join(root, "artifacts", "job", "mine"), "x");
  const second = await directoryStore().open(plan());
  second.event(1, "new", "{}");
  await second.finish(result, {});
  expect(await readdir(join(root, "artifacts", "job", "job_events"))).toEqual(["1-new.json"]);
  expect(await text("mine")).toBe("x");
});

test("an ident whose job has not ended is refused, and its files stay", async () => {
  const first = await directoryStore().open(plan());
  first.stdout(Buffer.from("running"));
  await first.flush();
  await expect(directoryStore().open(plan())).rejects.toMatchObject({ code: "JOB_CONFLICT" });
  expect(await text("stdout")).toBe("running");
});

test("a job that is left to another runner has all that it said in its files, no final status, and no more to come for those who read on", async () => {
  const job = await directoryStore().open(plan());
  const { output } = job;
  const changed = output!.changed();
  job.stdout(Buffer.from("so far"));
  await job.leave();
  await changed;
  expect(output).toMatchObject({ ended: true, written: 6 });
  expect(await text("stdout")).toBe("so far");
  await expect(text("status")).rejects.toThrow("ENOENT");
  const next = await directoryStore().resume(plan(), job.sizes);
  next.stdout(Buffer.from(", and on"));
  await next.finish(result, {});
  expect(await text("stdout")).toBe("so far, and on");
});

test("without output files the rest is there [SET-03]", async () => {
  const job = await directoryStore().open(plan(true));
  job.stdout(Buffer.from("x"));
  await job.finish(result, {});
  expect(await readdir(join(root, "artifacts", "job"))).toEqual(["job_events", "rc", "record.json", "status"]);
});

test("a place that can not be had is an error with a code", async () => {
  await mkdir(join(root, "artifacts"));
  await writeFile(join(root, "artifacts", "job"), "a file");
  await expect(directoryStore().open(plan())).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
});

test("rotation keeps the newest, the new job included, and touches neither running jobs nor what is no job [ART-15] [ART-16]", async () => {
  const store = directoryStore();
  const ended = async (ident: string, age: number): Promise<void> => {
    await (await store.open(plan(false, ident))).finish(result, {});
    const time = new Date(Date.now() - age * 1000);
    await utimes(join(root, "artifacts", ident), time, time);
  };
  await ended("oldest", 300);
  await ended("older", 200);
  await ended("old", 100);
  await store.open(plan(false, "running"));
  await writeFile(join(root, "artifacts", "a-file"), "x");
  await mkdir(join(root, "artifacts", "not-a-job"));
  await store.open(plan(false, "new", 2));
  expect(await readdir(join(root, "artifacts"))).toEqual(["a-file", "new", "not-a-job", "old", "running"]);
});

test("the environment of hosts is taken out of their cached facts; everything else stays [EVT-19] [ART-11]", async () => {
  const job = await directoryStore().open(plan());
  const cache = join(root, "artifacts/job/fact_cache");
  await mkdir(cache);
  await writeFile(join(cache, "web"), JSON.stringify({ ansible_env: { TOKEN: "hunter2" }, ansible_os_family: "Debian", nested: { ansible_env: 1 } }));
  await writeFile(join(cache, "odd"), 'not json "ansible_env"');
  await job.finish(result, {});
  expect(JSON.parse(await text("fact_cache/web"))).toEqual({ ansible_os_family: "Debian", nested: { ansible_env: 1 } });
  expect(await text("fact_cache/odd")).toBe('not json "ansible_env"');
});

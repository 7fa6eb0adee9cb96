// Artifacts of a job that could write among them: what is put in place of the store's files is neither followed nor waited for.
import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobPlan, JobResult } from "@distronode-runner/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { factCache } from "../src/fact-cache.ts";
import { directoryStore } from "../src/index.ts";
import { tidyFacts } from "../src/tidy-facts.ts";

let root: string;
const at = (...names: string[]): string => join(root, "artifacts/job", ...names);
const outside = (...names: string[]): string => join(root, "outside", ...names);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hostile-"));
  mkdirSync(outside("facts"), { recursive: true });
  writeFileSync(outside("secret"), "outside", { mode: 0o640 });
  writeFileSync(outside("facts/host"), '{"ansible_env": 1}', { mode: 0o644 });
});
afterEach(() => rmSync(root, { recursive: true }));

const untouched = (): void => {
  expect([readFileSync(outside("secret"), "utf8"), readFileSync(outside("facts/host"), "utf8"), readdirSync(outside()), readdirSync(outside("facts"))]).toEqual(["outside", '{"ansible_env": 1}', ["facts", "secret"], ["host"]]);
  expect([outside("secret"), outside("facts/host"), outside("facts")].map((path) => lstatSync(path).mode & 0o777)).toEqual([0o640, 0o644, 0o755]);
};
const plan = (): JobPlan => ({ ident: "job", artifactDir: at(), factCache: at("fact_cache"), output: { json: false, quiet: false, suppressFiles: false, eventFiles: true, rotate: 0 } }) as JobPlan;
const result: JobResult = { ident: "job", status: "failed", rc: 2, artifactDir: "", events: 1, phases: {} };
const finals = ["rc", "status", "record.json", "exit.json", "command"];

/** Puts a link in place of a file or directory. */
function trap(name: string): void {
  if (lstatSync(at(name), { throwIfNoEntry: false }) !== undefined) renameSync(at(name), at(`${name}.away`));
  symlinkSync(outside(["fact_cache", "job_events"].includes(name) ? "facts" : "secret"), at(name));
}

test("a job ends with links in place of everything, and what it says is in files of its own", async () => {
  const job = await directoryStore().open(plan());
  for (const name of [...finals, "stdout", "stderr", "job_events", "fact_cache"]) trap(name);
  job.stdout(Buffer.from("said"));
  job.event(1, "u", "{}");
  await job.exited({ rc: 0 });
  await job.command({ command: ["a"], cwd: "/", env: {} });
  await expect(job.output!.open()).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
  await expect(job.facts.get("host")).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
  await expect(job.facts.set("host", {})).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
  await job.finish(result, {});
  expect(["rc", "status", "record.json", "command"].map((name) => lstatSync(at(name)).isFile())).toEqual([true, true, true, true]);
  expect([readFileSync(at("rc"), "utf8"), readFileSync(at("stdout.away"), "utf8")]).toEqual(["2", "said"]);
  untouched();
});

test.each(["stdout", "stderr", "job_events"])("another runner does not go on with a link in place of %s", async (name) => {
  await (await directoryStore().open(plan())).leave();
  trap(name);
  await expect(directoryStore().resume(plan(), { stdout: 0, stderr: 0 })).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
  untouched();
});

test("a job that was lost is given up with links in place of everything, a link in place of its exit is not read", async () => {
  await (await directoryStore().open(plan())).leave();
  for (const name of [...finals, ".job"]) trap(name);
  await expect(directoryStore().exitOf(at())).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
  await directoryStore().abandon(at(), result, {});
  expect([readFileSync(at("status"), "utf8"), readdirSync(at()).includes(".job")]).toEqual(["failed", false]);
  untouched();
});

test("artifacts that are a link themselves are neither taken, gone on with nor given up", async () => {
  mkdirSync(join(root, "artifacts"));
  symlinkSync(outside(), at());
  await expect(directoryStore().open(plan())).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
  await expect(directoryStore().resume(plan(), { stdout: 0, stderr: 0 })).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
  await expect(directoryStore().abandon(at(), result, {})).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
  untouched();
});

test("the next job of the ident, and rotation, remove links and pipes and nothing behind them", async () => {
  const job = await directoryStore().open(plan());
  for (const name of ["rc", "record.json", "stdout", "job_events", "fact_cache"]) trap(name);
  await job.finish(result, {});
  rmSync(at("command"), { force: true });
  execFileSync("mkfifo", [at("command")]);
  const other: JobPlan = { ...plan(), ident: "other", artifactDir: join(root, "artifacts/other"), factCache: join(root, "artifacts/other/fact_cache"), output: { ...plan().output, rotate: 1 } };
  await (await directoryStore().open(plan())).finish(result, {});
  trap("fact_cache");
  await (await directoryStore().open(other)).finish(result, {});
  expect(readdirSync(join(root, "artifacts"))).toEqual(["other"]);
  untouched();
});

test("a failure among the artifacts is told without the paths of descriptors", async () => {
  const job = await directoryStore().open(plan());
  mkdirSync(at("rc"));
  const failure = await job.finish(result, {}).catch((error: unknown) => error as Error);
  expect(failure).toMatchObject({ code: "STORE_FAILED" });
  expect((failure as Error).message).not.toContain("/proc/");
});

test("hosts whose names would lead out of the cache have no facts there", async () => {
  for (const host of ["..", ".", "", "../secret", "a/b", "/etc/passwd", "a\0b"]) {
    await expect(factCache(outside("facts")).get(host), host).rejects.toMatchObject({ code: "REQUEST_INVALID" });
    await expect(factCache(outside("facts")).set(host, {}), host).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  }
  untouched();
});

test("facts that are huge or deeper than any keep no job from its end, and are an error to who asks for them", async () => {
  const facts = at("fact_cache");
  mkdirSync(facts, { recursive: true });
  writeFileSync(join(facts, "deep"), `{"ansible_env": 1, "x": ${"[".repeat(200_000)}${"]".repeat(200_000)}}`);
  writeFileSync(join(facts, "huge"), "");
  truncateSync(join(facts, "huge"), 2 ** 40);
  writeFileSync(join(facts, "字".repeat(85)), '{"ansible_env": 1, "a": 2}');
  symlinkSync(outside("facts/host"), join(facts, "link"));
  await tidyFacts(facts, at());
  expect(JSON.parse(readFileSync(join(facts, "字".repeat(85)), "utf8"))).toEqual({ a: 2 });
  for (const host of ["deep", "huge", "link"]) await expect(factCache(facts).get(host), host).rejects.toMatchObject({ code: "STORE_FAILED" });
  untouched();
});

import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { boundaryDirectory, type JobBoundary, type JobPlan } from "@distronode-runner/contract";
import { removeTree, SafeDirectory } from "@distronode-runner/safe-files";
import { collectOwnFiles, makeOwnDirectories, removeOwnDirectories } from "../src/own-directories.ts";

let data: string;
let artifacts: SafeDirectory;
let plan: Pick<JobPlan, "boundary" | "ident" | "privateDataDir">;
const place = (...names: string[]): string => join(data, "artifacts/job", ...names);
const mine = (...names: string[]): string => place(boundaryDirectory, "root/artifacts/job", ...names);

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "own-"));
  mkdirSync(place(), { recursive: true });
  artifacts = await SafeDirectory.open(place());
  const home = place(boundaryDirectory);
  const boundary: JobBoundary = { root: join(home, "root"), env: join(home, "env"), places: { "artifacts": "directory", "env": "directory", "project": "directory", "note.txt": "file", "deep/in": "directory" }, envPlaces: { tmpabc: "file", keys: "directory", link: { link: "keys/one" } }, reserved: ["args", "artifacts", "daemon.log", "env", "pid", "out"] };
  plan = { ident: "job", privateDataDir: data, boundary };
});
afterEach(async () => {
  await artifacts.close();
  // Also what its owner may not write to.
  await removeTree(data);
});

test("a job without a boundary gets no directories, and nothing is taken for it", async () => {
  await makeOwnDirectories(artifacts, { ident: "job" });
  expect(readdirSync(place())).toEqual([]);
  expect(await collectOwnFiles(artifacts, { ident: "job", privateDataDir: data })).toEqual([]);
});

test("the directories have a place for each mount, are the caller's alone, and env/ refuses to be written", async () => {
  await makeOwnDirectories(artifacts, plan);
  expect(readdirSync(place(boundaryDirectory, "root"), { recursive: true, encoding: "utf8" }).toSorted()).toEqual(["artifacts", "artifacts/job", "deep", "deep/in", "env", "note.txt", "project"]);
  expect(readdirSync(place(boundaryDirectory, "env")).toSorted()).toEqual(["keys", "link", "tmpabc"]);
  expect(readlinkSync(place(boundaryDirectory, "env/link"))).toBe("keys/one");
  expect(["", "root", "env", "root/artifacts/job"].map((name) => lstatSync(place(boundaryDirectory, name)).mode & 0o777)).toEqual([0o700, 0o700, 0o500, 0o700]);
});

test("facts that were there before the job are where it finds them, and come back with what it changed", async () => {
  mkdirSync(place("fact_cache"));
  writeFileSync(place("fact_cache/host"), "{}");
  symlinkSync("/etc/passwd", place("fact_cache/link"));
  await makeOwnDirectories(artifacts, plan);
  expect(readdirSync(mine("fact_cache"))).toEqual(["host"]);
  writeFileSync(mine("fact_cache/host"), '{"changed": 1}');
  writeFileSync(mine("fact_cache/other"), "{}");
  expect(await collectOwnFiles(artifacts, plan)).toEqual([]);
  expect(readFileSync(place("fact_cache/host"), "utf8")).toBe('{"changed": 1}');
  expect(readdirSync(place("fact_cache")).toSorted()).toEqual(["host", "link", "other"]);
});

test("what the job left becomes part of its artifacts, in place of what an earlier one left, and never of the runner's", async () => {
  writeFileSync(place("ansible_version.txt"), "of an earlier job");
  for (const name of ["rc", "status", "stdout"]) writeFileSync(place(name), "ours");
  await makeOwnDirectories(artifacts, plan);
  for (const name of ["ansible_version.txt", "rc", "status", "stdout", "record.json", "events.ndjson", "exit.json", "command", "sinks.ndjson", "daemon.log", ".job"]) writeFileSync(mine(name), "theirs");
  mkdirSync(mine("job_events"));
  writeFileSync(mine("job_events/1-x.json"), "{}");
  const sentences = await collectOwnFiles(artifacts, plan);
  expect(readdirSync(place()).toSorted()).toEqual([".job", "ansible_version.txt", "rc", "status", "stdout"]);
  expect(["ansible_version.txt", "rc", "status", "stdout"].map((name) => readFileSync(place(name), "utf8"))).toEqual(["theirs", "ours", "ours", "ours"]);
  expect(sentences).toHaveLength(10);
});

test("new entries at the top of its directory become the private data directory's, under no reserved name and into nothing that a link leads to", async () => {
  mkdirSync(join(data, "elsewhere"));
  await makeOwnDirectories(artifacts, plan);
  const top = (...names: string[]): string => place(boundaryDirectory, "root", ...names);
  symlinkSync("elsewhere", join(data, "linked"));
  for (const name of ["linked", "fresh", "out", "deep"]) mkdirSync(top(name), { recursive: true });
  for (const name of ["linked/file", "fresh/file", "out/file", "deep/file", "args", "pid", "daemon.log", "alone"]) writeFileSync(top(name), "theirs", { mode: 0o644 });
  writeFileSync(top("artifacts/stray"), "");
  const sentences = await collectOwnFiles(artifacts, plan);
  expect(readdirSync(data).toSorted()).toEqual(["alone", "artifacts", "elsewhere", "fresh", "linked"]);
  expect(readdirSync(join(data, "elsewhere"))).toEqual([]);
  expect([lstatSync(join(data, "alone")).mode & 0o777, readFileSync(join(data, "fresh/file"), "utf8")]).toEqual([0o644, "theirs"]);
  expect(sentences.map((text) => text.split(" ")[0]!).toSorted()).toEqual(["args", "artifacts/stray", "daemon.log", "linked/file", "pid"]);
});

test("a link in place of the job's own directories is not gone through", async () => {
  mkdirSync(join(data, "elsewhere/job"), { recursive: true });
  writeFileSync(join(data, "elsewhere/job/file"), "outside");
  await makeOwnDirectories(artifacts, plan);
  rmSync(place(boundaryDirectory, "root/artifacts"), { recursive: true });
  symlinkSync(join(data, "elsewhere"), place(boundaryDirectory, "root/artifacts"));
  await collectOwnFiles(artifacts, plan);
  await removeOwnDirectories(artifacts);
  expect(readdirSync(place())).toEqual([]);
  expect(readFileSync(join(data, "elsewhere/job/file"), "utf8")).toBe("outside");
});

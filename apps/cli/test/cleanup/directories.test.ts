import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { JobSummary } from "@distronode-runner/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { removeDirectories } from "../../src/cleanup/directories.ts";
import { glob } from "../../src/cleanup/glob.ts";
import { systemPlace } from "../../src/cleanup/system-places.ts";

let root: string;
let said: string[];
let jobs: JobSummary[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "distronode-runner-cleanup-"));
  said = [];
  jobs = [];
});
afterEach(() => rmSync(root, { recursive: true }));

function directory(name: string, pid?: string | number): string {
  const path = join(root, name);
  mkdirSync(join(path, "artifacts", `job-${name}`), { recursive: true });
  if (pid !== undefined) writeFileSync(join(path, "pid"), `${pid}\n`);
  return path;
}

const clean = (more: Partial<Parameters<typeof removeDirectories>[0]> = {}): Promise<number> =>
  removeDirectories({ pattern: join(root, "*"), exclude: [], grace: 0, now: Date.now(), jobs: async () => jobs, ...more }, (line) => said.push(line));
const left = (...names: string[]): string[] => names.filter((name) => existsSync(join(root, name)));

test("the directory of a living process stays, that of a dead one goes, one that can not be told stays [CLN-04]", async () => {
  directory("alive", process.pid);
  directory("stale", 4194303);
  directory("garbage", "abc");
  directory("none");
  expect(await clean()).toBe(2);
  expect(left("alive", "stale", "garbage", "none")).toEqual(["alive", "garbage"]);
  expect(said).toContain(`Excluding running project ${join(root, "alive")} from cleanup`);
});

test("what was changed within the grace period stays, and so does what is excluded [CLN-03]", async () => {
  for (const name of ["old", "new", "keep"]) directory(name);
  const then = new Date(Date.now() - 2 * 3600_000);
  utimesSync(join(root, "old"), then, then);
  utimesSync(join(root, "keep"), then, then);
  expect(await clean({ grace: 60, exclude: ["kee"] })).toBe(1);
  expect(left("old", "new", "keep")).toEqual(["new", "keep"]);
});

test("files and links stay [CLN-03]", async () => {
  directory("real");
  writeFileSync(join(root, "file"), "");
  symlinkSync(tmpdir() + "/nowhere", join(root, "link"));
  expect(await clean()).toBe(1);
  expect(left("real", "file")).toEqual(["file"]);
});

test("credentials that a killed job left go with its directory [CLN-03]", async () => {
  const path = directory("gone");
  const name = `job-${basename(root)}`;
  mkdirSync(join(path, "artifacts", name));
  const auth = mkdtempSync(join(tmpdir(), `ansible_runner_registry_${name}_`));
  expect(await clean()).toBe(1);
  expect(existsSync(auth)).toBe(false);
  expect(said).toEqual([`Removed associated registry auth dir ${auth}`]);
});

test("the directory of a job that has not ended stays, however it was started, and whether or not its runner lives [CLN-04]", async () => {
  for (const name of ["run", "detached", "elsewhere", "killed", "over"]) directory(name);
  const job = (name: string, more: Partial<JobSummary>): JobSummary => ({ ident: name, status: "running", runner: "alive", artifactDir: join(root, name, "artifacts", name), ...more });
  jobs = [
    job("run", { privateDataDir: join(root, "run") }),
    job("detached", {}),
    job("elsewhere", { privateDataDir: join(root, "elsewhere"), artifactDir: "/srv/artifacts/elsewhere" }),
    job("killed", { runner: "gone" }),
  ];
  expect(await clean()).toBe(1);
  expect(left("run", "detached", "elsewhere", "killed", "over")).toEqual(["run", "detached", "elsewhere", "killed"]);
  expect(said).toContain(`Excluding running project ${join(root, "run")} from cleanup: its job run has not ended`);
});

test("a directory stays whose artifacts do not say how a job ended: nobody knows whether it runs [CLN-04]", async () => {
  for (const [name, files] of [["open", { "events.ndjson": "" }], ["running", { status: "running" }], ["ended", { status: "failed", "events.ndjson": "" }]] as const) {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(directory(name), "artifacts", `job-${name}`, file), text);
  }
  expect(await clean()).toBe(1);
  expect(left("open", "running", "ended")).toEqual(["open", "running"]);
  expect(said.join()).toContain(`${join(root, "open/artifacts/job-open")} is of a job without a final status`);
});

const forbidden = ["/", "/v*", "/home", tmpdir(), "/tmp", "/usr/local", "/usr/share/*", "/var/lib", "/var/lib/*", "/var/log", "/var/cache/*", "/etc/*", "/opt/*", "/srv/..", "/root", "/proc/self", "/run/*", "/boot", "/dev/shm", "~"];

test.each(forbidden.map((pattern) => pattern.replace("~", homedir())).filter((pattern) => glob(pattern).length > 0))("%s is refused as a whole [CLN-02]", async (pattern) => {
  await expect(clean({ pattern })).rejects.toMatchObject({ code: "REQUEST_INVALID", exitCode: 1, message: "The pattern would remove system directories:", problems: expect.arrayContaining([expect.stringMatching(/^\/.*: a/)]) });
});

test.each(["/usr/local/jobs/a", "/var/lib/app", "/var/log/app/a", "/etc/app", "/home/somebody", "/data", "/opt/app", "/mnt/disk", "/boot/a/b", "/run/user/0/a"])("%s is no place of private data directories [CLN-02]", (path) => {
  expect(systemPlace(path)).toBeDefined();
});

test.each(["/srv/jobs", "/srv/jobs/a", "/var/lib/app/jobs/a", "/home/somebody/jobs/a", "/data/jobs", "/tmp/awx_1", "/var/tmp/awx_1", "/dev/shm/awx_1", "/opt/app/jobs/a", join(homedir(), "jobs")])("%s may be one [CLN-02]", (path) => {
  expect(systemPlace(path)).toBeUndefined();
});

test("a link to a system directory is refused too [CLN-02]", async () => {
  symlinkSync("/usr", join(root, "usr"));
  directory("other");
  await expect(clean()).rejects.toThrow("system directories");
  expect(left("other")).toEqual(["other"]);
});

test("a link that leads round in a circle stays, and is no defect [CLN-03]", async () => {
  symlinkSync(join(root, "round"), join(root, "round"));
  directory("other");
  expect(await clean()).toBe(1);
});

import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { removeDirectories } from "../../src/cleanup/directories.ts";

let root: string;
let said: string[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "distronode-runner-cleanup-"));
  said = [];
});
afterEach(() => rmSync(root, { recursive: true }));

function directory(name: string, pid?: string | number): string {
  const path = join(root, name);
  mkdirSync(join(path, "artifacts", `job-${name}`), { recursive: true });
  if (pid !== undefined) writeFileSync(join(path, "pid"), `${pid}\n`);
  return path;
}

const clean = (more: Partial<Parameters<typeof removeDirectories>[0]> = {}): Promise<number> =>
  removeDirectories({ pattern: join(root, "*"), exclude: [], grace: 0, now: Date.now(), ...more }, (line) => said.push(line));
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

test.each(["/", "/v*", "/home", tmpdir()])("%s is refused as a whole [CLN-02]", async (pattern) => {
  await expect(clean({ pattern })).rejects.toMatchObject({ code: "REQUEST_INVALID", exitCode: 1, message: expect.stringMatching(/^The pattern would remove system directories: \//) });
});

test("a link to a system directory is refused too [CLN-02]", async () => {
  symlinkSync("/usr", join(root, "usr"));
  directory("other");
  await expect(clean()).rejects.toThrow("system directories");
  expect(left("other")).toEqual(["other"]);
});

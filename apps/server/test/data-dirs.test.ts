import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseDataDirs } from "../src/data-dirs.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "data-dirs-"));
  await mkdir(join(home, "jobs/web"), { recursive: true });
  await mkdir(join(home, "demo"));
});
afterEach(() => rm(home, { recursive: true }));

test("names stand for paths relative to where the server was started", async () => {
  const dirs = await parseDataDirs({ named: ["one=demo"], root: "jobs" }, home);
  expect(await dirs.pathOf("one")).toBe(join(home, "demo"));
  expect(await dirs.pathOf("web")).toBe(join(home, "jobs/web"));
});

test.each(["none", "..", ".", "web/..", "../demo", ""])("%j is no directory of the root", async (name) => {
  expect(await (await parseDataDirs({ named: [], root: "jobs" }, home)).pathOf(name)).toBeUndefined();
});

test("a directory has the name that clients use for it, if they may use it", async () => {
  const dirs = await parseDataDirs({ named: ["one=demo"], root: "jobs" }, home);
  expect(["demo", "jobs/web", "jobs", "jobs/web/project", "elsewhere"].map((path) => dirs.nameOf(join(home, path)))).toEqual(["one", "web", undefined, undefined, undefined]);
});

test("a directory of the root whose name stands for another has none", async () => {
  const dirs = await parseDataDirs({ named: ["web=demo"], root: "jobs" }, home);
  expect([dirs.nameOf(join(home, "jobs/web")), dirs.nameOf(join(home, "demo"))]).toEqual([undefined, "web"]);
});

test.each([[[]], [["demo"]], [["=demo"]], [["a/b=demo"]], [["x=missing"]]])("%j is refused at the start", async (named) => {
  await expect(parseDataDirs({ named }, home)).rejects.toMatchObject({ code: "USAGE" });
});

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
  const find = await parseDataDirs({ named: ["one=demo"], root: "jobs" }, home);
  expect(await find("one")).toBe(join(home, "demo"));
  expect(await find("web")).toBe(join(home, "jobs/web"));
});

test.each(["none", "..", ".", "web/..", "../demo", ""])("%j is no directory of the root", async (name) => {
  expect(await (await parseDataDirs({ named: [], root: "jobs" }, home))(name)).toBeUndefined();
});

test.each([[[]], [["demo"]], [["=demo"]], [["a/b=demo"]], [["x=missing"]]])("%j is refused at the start", async (named) => {
  await expect(parseDataDirs({ named }, home)).rejects.toMatchObject({ code: "USAGE" });
});

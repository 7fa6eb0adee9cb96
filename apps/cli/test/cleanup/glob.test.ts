import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { glob, globPattern } from "../../src/cleanup/glob.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "distronode-runner-glob-"));
  for (const name of ["awx_1/in", "awx_2", "awx_10", ".hidden", "a+b"]) mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, "file"), "");
});
afterAll(() => rmSync(root, { recursive: true }));

test.each([
  ["awx_*", ["awx_1", "awx_10", "awx_2"]],
  ["awx_?", ["awx_1", "awx_2"]],
  ["awx_[!1]", ["awx_2"]],
  ["awx_[1-2]/*", ["awx_1/in"]],
  ["*", ["a+b", "awx_1", "awx_10", "awx_2", "file"]],
  ["**", ["a+b", "awx_1", "awx_10", "awx_2", "file"]],
  [".h*", [".hidden"]],
  ["a+b", ["a+b"]],
  ["{awx_1,awx_2}", []],
  ["none/*", []],
])("%s finds what Python's glob finds [CLN-01]", (pattern, found) => {
  expect(glob(join(root, pattern))).toEqual(found.map((name) => join(root, name)));
});

test.each(["[z-a]", "x[9-0]*"])("%s is a mistake of whoever wrote it", (pattern) => {
  expect(() => globPattern(pattern)).toThrow(expect.objectContaining({ code: "USAGE", message: expect.stringContaining("is no pattern") }));
});

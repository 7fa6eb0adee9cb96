import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeDataDir } from "../src/make-data-dir.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "distronode-runner-make-"));
});
afterEach(() => rmSync(root, { recursive: true }));

test("a directory for a module is made private, and goes again if the job is refused [CLI-23] [CLI-14]", async () => {
  const undo = await makeDataDir({ privateDataDir: "a/b", module: "ping" }, root);
  expect(statSync(join(root, "a/b")).mode & 0o777).toBe(0o700);
  await undo();
  expect(existsSync(join(root, "a"))).toBe(false);
  expect(existsSync(root)).toBe(true);
});

test("what has come into it, or was there before, stays", async () => {
  const undo = await makeDataDir({ privateDataDir: "a/b", role: "x" }, root);
  writeFileSync(join(root, "a/b/file"), "");
  await undo();
  await (await makeDataDir({ privateDataDir: "a", module: "ping" }, root))();
  expect(existsSync(join(root, "a/b/file"))).toBe(true);
});

test("none is made for a playbook [CLI-23]", async () => {
  await makeDataDir({ privateDataDir: "a", playbook: "x.yml" }, root);
  expect(existsSync(join(root, "a"))).toBe(false);
});

import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimPidFile, readPid, removePidFile } from "../../src/daemon/pid-file.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "distronode-runner-pid-"));
});
afterEach(() => rmSync(directory, { recursive: true }));
const file = (): string => join(directory, "pid");

test("a pid file is made once, private, with the id on a line [STA-08]", async () => {
  expect([claimPidFile(directory, 42), claimPidFile(directory, 43)]).toEqual([true, false]);
  expect(await readFile(file(), "utf8")).toBe("42\n");
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(await readPid(directory)).toBe(42);
});

test("only its owner's id removes it [STA-08]", async () => {
  claimPidFile(directory, 42);
  removePidFile(directory, 43);
  expect(await readPid(directory)).toBe(42);
  removePidFile(directory, 42);
  expect(await readPid(directory)).toBeUndefined();
  removePidFile(directory, 42);
});

test.each(["abc\n", "-1\n", "0\n", "12 34\n", "99999999999\n", "\n"])("%j is no process id, and the message says so [STA-14]", async (text) => {
  writeFileSync(file(), text);
  await expect(readPid(directory)).rejects.toMatchObject({ code: "DATA_DIR_INVALID", message: `${file()} does not hold a process id.` });
});

test("a directory that is not there has none [CLI-24]", async () => {
  expect(await readPid(join(directory, "none"))).toBeUndefined();
});

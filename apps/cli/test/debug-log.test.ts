import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDebugLog } from "../src/debug-log.ts";

let root: string;
let told: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "distronode-runner-log-"));
  told = "";
});
afterEach(() => rmSync(root, { recursive: true }));
const tell = (text: string): void => void (told += text);

test("lines go to the console, and with a time to a private file that is continued [CLI-05]", () => {
  for (const word of ["one", "two\u001b[2J"]) openDebugLog({ debug: true, logfile: "log" }, root, tell)([word]);
  expect(told).toBe("debug: one\ndebug: two\\x1b[2J\n");
  expect(readFileSync(join(root, "log"), "utf8")).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z: one\n\S+: two\\x1b\[2J\n$/);
  expect(statSync(join(root, "log")).mode & 0o777).toBe(0o600);
});

test("without --debug the file is made and stays empty [CLI-05]", () => {
  openDebugLog({ logfile: "log" }, root, tell)(["one"]);
  expect([told, readFileSync(join(root, "log"), "utf8")]).toEqual(["", ""]);
});

test("a file that can not be written is refused", () => {
  expect(() => openDebugLog({ logfile: "none/log" }, root, tell)).toThrow(/^The log file .*none\/log can not be written/);
});

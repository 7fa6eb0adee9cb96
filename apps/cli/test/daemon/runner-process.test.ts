import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isRunnerCommandLine, isRunnerOf } from "../../src/daemon/runner-process.ts";

test.each([
  [["node", "/x/run.js", "daemon", "/data/demo", ""], true],
  [["node", "/x/run.js", "daemon", "/data/other", ""], false],
  [["node", "/x/run.js", "run", "/data/demo", ""], false],
  [["python3", "/usr/bin/ansible-runner", "start", "./demo", "-p", "x"], true],
  [["python3", "-m", "ansible_runner", "start", "demo"], true],
  [["python3", "/usr/bin/ansible-runner", "start", "other"], false],
  [["vi", "/data/demo/pid"], false],
  [[""], false],
])("the process %j: %s [STA-14]", (words, is) => {
  expect(isRunnerCommandLine(words, "/data/demo")).toBe(is);
});

test("a living process that is something else is no runner, nor is one that has ended [STA-14]", async () => {
  expect(isRunnerOf("/data/demo", process.pid)).toBe(false);
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "close");
  expect(isRunnerOf("/data/demo", child.pid!)).toBe(false);
});

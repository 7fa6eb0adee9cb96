import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const [dev, built] = ["dev.js", "run.js"].map((name) => fileURLToPath(new URL(`../bin/${name}`, import.meta.url)));

function shell(command: string, script = dev!): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync("/bin/bash", ["-c", `set -o pipefail; ${command.replace("CLI", `'${process.execPath}' --conditions=@distronode-runner/source '${script}'`)}`], { encoding: "utf8" });
  return { code: status, stdout, stderr };
}

test.each(["--help", "run --help", "completion bash", "config show"])("%s into a full disk says so once and ends with 74", (words) => {
  const { code, stderr } = shell(`CLI ${words} > /dev/full`);
  expect([code, stderr.match(/Error:/g)?.length]).toEqual([74, 1]);
  expect(stderr).toContain("Standard output cannot be written");
  expect(stderr).toContain("[STORE_FULL]");
});

test("--version of the installed command line into a full disk says so, too", () => {
  const { code, stderr } = shell("CLI --version > /dev/full", built);
  expect([code, stderr]).toEqual([74, expect.stringContaining("[STORE_FULL]")]);
});

test("a reader that has read enough is no error", () => {
  expect(shell("CLI config show | head -1")).toEqual({ code: 0, stdout: expect.stringMatching(/^SETTING/), stderr: "" });
});

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./support/command-line.ts";
import { makeDataDir } from "./support/data-dir.ts";

const script = process.env["DISTRONODE_RUNNER_TEST_CLI"] ?? fileURLToPath(new URL("../bin/dev.js", import.meta.url));
let dataDir: string;
beforeAll(async () => {
  dataDir = await makeDataDir();
});
afterAll(() => rm(dataDir, { recursive: true }));

function intoFull(...words: readonly string[]): { readonly code: number | null; readonly stderr: string } {
  const { status, stderr } = spawnSync("/bin/sh", ["-c", `"$0" "$@" > /dev/full`, process.execPath, "--conditions=@distronode-runner/source", script, ...words], { encoding: "utf8" });
  return { code: status, stderr };
}

test("a job whose output cannot be written runs to its end, and the command says once that the output is lost", async () => {
  const artifacts = join(dataDir, "artifacts", "lost-output");
  for (const more of [["-j"], []]) {
    const { code, stderr } = intoFull("run", dataDir, "-p", "site.yml", "-i", "lost-output", ...more);
    expect([code, stderr.match(/Error:/g)?.length]).toEqual([74, 1]);
    expect(stderr).toContain("[STORE_FULL]");
    expect(readFileSync(join(artifacts, "status"), "utf8")).toBe("successful");
  }
  for (const words of [["events"], ["events", "-j"], ["logs"], ["logs", "--follow"], ["wait"], ["attach"]]) {
    const { code, stderr } = intoFull(words[0]!, artifacts, ...words.slice(1));
    expect([words, code, stderr.match(/Error:/g)?.length]).toEqual([words, 74, 1]);
  }
  expect((await run("logs", artifacts)).stdout).toContain("hello one");
});

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";

const dev = fileURLToPath(new URL("../bin/dev.js", import.meta.url));
const completion = (shell: string): string => spawnSync(process.execPath, ["--conditions=@distronode-runner/source", dev, "completion", shell], { encoding: "utf8" }).stdout;

let bash: string;
beforeAll(() => {
  bash = completion("bash");
});

test.each([
  [["im"], ["images"]],
  [["images", "p"], ["pull"]],
  [["images", "pull", "--pl"], ["--platform"]],
  [["run", "./demo", "--pull-policy", "n"], ["never", "newer"]],
  [["run", "./demo", "--pull-policy", "=", "a"], ["always"]],
  [["run", "./demo", "--process-isolation-e"], ["--process-isolation-executable"]],
  [["run", "de"], []],
])("bash completes %j to %j", (words, choices) => {
  const { stdout, stderr } = spawnSync("/bin/bash", ["-c", `${bash}\nCOMP_WORDS=(distronode-runner "$@"); COMP_CWORD=$#; _distronode_runner; printf '%s\\n' "\${COMPREPLY[@]}"`, "-", ...words], { encoding: "utf8" });
  expect([stdout.split("\n").filter((line) => line !== ""), stderr]).toEqual([choices, ""]);
});

test.each(["zsh", "fish"])("%s gets every command and flag", (shell) => {
  const text = completion(shell);
  for (const word of ["images", "cleanup", "process-isolation-hide-paths"]) expect(text).toContain(word);
});

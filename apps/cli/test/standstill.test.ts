import { execFile } from "node:child_process";
import { expect, test } from "vitest";

const run = (script: string): Promise<{ readonly code: unknown; readonly stderr: string }> =>
  new Promise((resolve) =>
    execFile(process.execPath, ["--conditions=@distronode-runner/source", "--input-type=module", "-e", `import { watchForStandstill } from ${JSON.stringify(new URL("../src/standstill.ts", import.meta.url).href)};\n${script}`], (error, _stdout, stderr) => resolve({ code: error?.code ?? 0, stderr })),
  );
const leave = "(error) => { console.error(error.message); process.exit(error.exitCode); }";

test("a command that waits for what cannot come ends with an error and a code, and not in silence", async () => {
  expect(await run(`watchForStandstill(${leave}); await new Promise(() => {});`)).toEqual({ code: 70, stderr: "The command waits, and nothing is left that it could wait for.\n" });
});

test("one that has come to its end is left alone", async () => {
  expect(await run(`const ended = watchForStandstill(${leave}); await null; ended(); process.exitCode = 5;`)).toEqual({ code: 5, stderr: "" });
});

import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { command } from "../engines/command.ts";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface TestRun extends Counts {
  readonly ok: boolean;
}

/** Runs vitest with its normal output, and takes the numbers from its JSON report. */
export async function vitest(root: string, name: string, argv: readonly string[]): Promise<TestRun> {
  const directory = join(root, ".tooling/test-reports");
  const report = join(directory, `${name}.json`);
  mkdirSync(directory, { recursive: true });
  rmSync(report, { force: true }); // an old report must not speak for a run that wrote none
  // Not through pnpm: signals have to reach vitest itself.
  const ended = await command(
    [process.execPath, join(root, "node_modules/vitest/vitest.mjs"), "run", ...argv, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    { cwd: root, show: true },
  );
  const counts = readCounts(report);
  // A file that does not even load has no test that could fail.
  const failed = ended.code !== 0 && counts.failed === 0 ? 1 : counts.failed;
  return { ...counts, failed, ok: failed === 0 };
}

function readCounts(path: string): Counts {
  try {
    const report = JSON.parse(readFileSync(path, "utf8")) as { numPassedTests: number; numFailedTests: number; numPendingTests: number; numTodoTests: number };
    return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests + report.numTodoTests };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

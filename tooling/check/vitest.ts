import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { command } from "../engines/command.ts";
import type { OrdinaryUser } from "../engines/ordinary-user.ts";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface TestRun extends Counts {
  readonly ok: boolean;
}

/** Reports of the last runs: `NAME.json` as vitest writes it, `NAME.cases.json` as `case-reporter.ts` does. */
export const reports = (root: string): string => join(root, ".tooling/test-reports");

/** Runs vitest with its normal output, and takes the numbers from its JSON report. */
export async function vitest(root: string, name: string, argv: readonly string[]): Promise<TestRun> {
  const [report, cases] = await freshReports(root, name);
  // Not through pnpm: signals have to reach vitest itself.
  const ended = await command([process.execPath, ...words(root, argv, report)], { cwd: root, show: true, env: { DISTRONODE_RUNNER_TEST_CASES: cases } });
  return judge(report, ended.code);
}

/** The same as somebody who may write nothing here. Prints nothing: other tests may be running. */
export async function vitestAs(user: OrdinaryUser, root: string, name: string, argv: readonly string[], environment: Readonly<Record<string, string>>): Promise<TestRun & { readonly output: string }> {
  const [report, cases] = await freshReports(root, name);
  const theirs = join(user.directory, `${name}.json`);
  const theirCases = join(user.directory, `${name}.cases.json`);
  // Whoever bundles the configuration writes beside it, and Node can read it as it is.
  const ended = await command(user.as([user.node, ...words("", [...argv, "--configLoader=native"], theirs)], { ...environment, DISTRONODE_RUNNER_TEST_CASES: theirCases }));
  for (const [from, to] of [[theirs, report], [theirCases, cases]] as const) if (existsSync(from)) copyFileSync(from, to);
  return { ...judge(report, ended.code), output: `${ended.stdout}${ended.stderr}` };
}

/** Old reports must not speak for a run that wrote none. */
async function freshReports(root: string, name: string): Promise<[report: string, cases: string]> {
  mkdirSync(reports(root), { recursive: true });
  const paths: [string, string] = [join(reports(root), `${name}.json`), join(reports(root), `${name}.cases.json`)];
  for (const path of paths) rmSync(path, { force: true });
  return paths;
}

const words = (root: string, argv: readonly string[], report: string): string[] =>
  [join(root, "node_modules/vitest/vitest.mjs"), "run", ...argv, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, "--reporter=./tooling/check/case-reporter.ts"];

function judge(report: string, code: number): TestRun {
  const counts = readCounts(report);
  // A file that does not even load has no test that could fail.
  const failed = code !== 0 && counts.failed === 0 ? 1 : counts.failed;
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

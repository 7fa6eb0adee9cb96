import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Reporter, TestModule } from "vitest/node";

/** What came of one test, with what vitest's own JSON report leaves out: the reason why it was skipped. */
export interface ReportedCase {
  /** Below the root of the run. */
  readonly file: string;
  /** The names of its groups. */
  readonly groups: readonly string[];
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped" | "pending";
  readonly note?: string;
}

/** Writes a list of `ReportedCase` to the file that `DISTRONODE_RUNNER_TEST_CASES` names. */
export default class CaseReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const path = process.env["DISTRONODE_RUNNER_TEST_CASES"];
    if (path === undefined) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(modules.flatMap(casesOf), null, 1)}\n`);
  }
}

function casesOf(module: TestModule): ReportedCase[] {
  return [...module.children.allTests()].map((test) => {
    const groups: string[] = [];
    for (let { parent } = test; parent.type === "suite"; parent = parent.parent as typeof parent) groups.unshift(parent.name);
    const result = test.result();
    const note = result.state === "skipped" ? result.note : undefined;
    return { file: module.relativeModuleId, groups, name: test.name, state: result.state, ...(note === undefined ? {} : { note }) };
  });
}

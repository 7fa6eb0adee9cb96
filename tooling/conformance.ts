// ./pnpmw conformance: writes docs/conformance.md from the reports of the last ./pnpmw test.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReportedCase } from "./check/case-reporter.ts";
import { reports } from "./check/vitest.ts";
import { ROOT } from "./repository.ts";

/** Which report and which file speak for an engine. */
const columns = [
  { engine: "podman, as root", report: "e2e", file: "packages/engine-podman/test/conformance.e2e.test.ts" },
  { engine: "podman, rootless", report: "rootless", file: "packages/engine-podman/test/conformance.e2e.test.ts" },
  { engine: "docker", report: "e2e", file: "packages/engine-docker/test/conformance.e2e.test.ts" },
  { engine: "process", report: "e2e", file: "packages/engine-process/test/conformance.e2e.test.ts" },
  { engine: "memory", report: "unit", file: "packages/engine-testkit/test/memory.test.ts" },
  { engine: "example (docker's command line)", report: "e2e", file: "tooling/test/engine-example/conformance.e2e.test.ts" },
];

const results = columns.map(({ engine, report, file }) => {
  const found = new Map(read(report).filter((one) => one.file === file && one.groups.at(-1) === "engine").map((one) => [one.name, one]));
  if (found.size === 0) fail(`The report ${report} has no case of ${file}.`);
  return { engine, found };
});
const names = [...new Set(results.flatMap(({ found }) => [...found.keys()]))];
const failed = results.flatMap(({ engine, found }) => [...found.values()].filter((one) => one.state !== "passed" && one.state !== "skipped").map((one) => `${engine}: ${one.name}`));
if (failed.length > 0) fail(`These did not pass:\n${failed.join("\n")}`);

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const passed = results.map(({ found }) => `${[...found.values()].filter(({ state }) => state === "passed").length} of ${names.length}`);
writeFileSync(join(ROOT, "docs/conformance.md"), `# Conformance of the engines

Written by \`./pnpmw conformance\` from the last \`./pnpmw test\`. Each line is a law of the engine interface and a case of
[engine-testkit](../packages/engine-testkit/README.md). ✓: it holds. \`no x\`: the engine says that it does not have the capability x, which the law is about.
\`has x\`: the law is for engines without x.

${row(["law", ...columns.map(({ engine }) => engine)])}
${row(["---", ...columns.map(() => "---")])}
${names.map((name) => row([name.replaceAll("|", "\\|"), ...results.map(({ found }) => cell(found.get(name)))])).join("\n")}
${row(["**holds**", ...passed])}
`);
console.log(`docs/conformance.md: ${names.length} laws, ${columns.length} engines`);

function cell(one: ReportedCase | undefined): string {
  if (one === undefined) return "not run";
  if (one.state === "passed") return "✓";
  const missing = /^The engine does not support (?<what>.*)\.$/.exec(one.note ?? "")?.groups?.["what"];
  if (missing === undefined) return one.note ?? "skipped";
  return missing.startsWith("being without ") ? missing.replace("being without", "has") : `no ${missing}`;
}

function read(report: string): readonly ReportedCase[] {
  try {
    return JSON.parse(readFileSync(join(reports(ROOT), `${report}.cases.json`), "utf8")) as readonly ReportedCase[];
  } catch {
    return fail(`There is no report ${report}.`);
  }
}

function fail(why: string): never {
  console.error(`${why}\nRun ./pnpmw test first.`);
  process.exit(1);
}

import { RunnerError, validateSettings, type SchemaProblem, type Settings } from "@distronode-runner/contract";
import { suggest } from "../suggest.ts";
import { parseMapping, type ParsedMapping } from "../yaml/parse-mapping.ts";
import { plainNumbers } from "../yaml/plain-numbers.ts";

/** Settings as somebody wrote them, and where each came from. */
export interface WrittenSettings {
  readonly settings: Settings;
  /** `FILE:3`, or `settings` for those of a request. */
  readonly origin: (key: string) => string;
}

export function parseSettingsFile(text: string, file: string): WrittenSettings {
  const parsed = parseMapping(text, file);
  const [twice] = parsed.duplicates;
  if (twice !== undefined) {
    throw new RunnerError("SETTINGS_INVALID", `${file} has the setting ${twice.key} twice, in the lines ${twice.lines.join(" and ")}.`, { location: { file, line: twice.lines[1], key: twice.key }, hint: "Only one of them could count: remove the other." });
  }
  const outcome = validateSettings(plainNumbers(parsed.value));
  if ("problems" in outcome) throw invalid(outcome.problems, file, parsed);
  return { settings: outcome.value, origin: (key) => `${file}:${parsed.locate([key]).line ?? 1}` };
}

/** Settings handed over by a program or server client. */
export function checkSettings(value: unknown): WrittenSettings {
  const outcome = validateSettings(value);
  if ("problems" in outcome) throw invalid(outcome.problems, "settings", undefined);
  return { settings: outcome.value, origin: (key) => `settings.${key}` };
}

function invalid(problems: readonly SchemaProblem[], source: string, parsed: ParsedMapping | undefined): RunnerError {
  const lines = problems.map((problem) => describe(problem, source, parsed));
  const first = problems[0]!;
  const location = parsed?.locate(first.path) ?? { key: first.path.join(".") };
  const hint = first.kind === "unknown" ? suggest(first.path.at(-1)!, first.allowed ?? [], "docs/settings.md lists the keys; keys of event plugins start with runner_.") : "docs/settings.md lists the keys and their types.";
  return new RunnerError("SETTINGS_INVALID", lines.length === 1 ? `${lines[0]}.` : `${source} has ${lines.length} faults.`, { location, hint, problems: lines.length === 1 ? [] : lines });
}

function describe(problem: SchemaProblem, source: string, parsed: ParsedMapping | undefined): string {
  const line = parsed?.locate(problem.path).line;
  const where = line === undefined ? source : `${source}:${line}`;
  const meant = problem.kind === "unknown" ? suggest(problem.path.at(-1)!, problem.allowed ?? [], "") : "";
  return `${where}: the setting ${problem.path.join(".")} ${problem.message}${meant === "" ? "" : ` (${meant.toLowerCase().replace("?", "")}?)`}`;
}

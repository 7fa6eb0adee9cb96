import type { ErrorLocation, RunnerError } from "@distronode-runner/contract";
import { printable } from "./printable.ts";
import { narrow as width, wrap } from "./wrap.ts";

export interface Build {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
}

/** What went wrong, where, and what to do; only a defect of ours shows a stack. */
export function renderError(error: RunnerError, build: Build): string {
  const lines = [wrap(`Error: ${error.message}`, width, "  ")];
  if (error.location !== undefined) lines.push(`  ${renderLocation(error.location)}`);
  for (const problem of error.problems) lines.push(wrap(`  ${problem}`, width, "    "));
  if (error.hint !== undefined) lines.push(wrap(`Hint: ${error.hint}`, width, "  "));
  if (error.code === "INTERNAL") lines.push(renderReport(error, build));
  lines.push(`[${error.code}]`);
  return `${printable(lines.join("\n"))}\n`;
}

function renderLocation({ file, line, column, key }: ErrorLocation): string {
  const position = [file, line, column].filter((part) => part !== undefined).join(":");
  if (key === undefined) return position;
  return position === "" ? key : `${position} (${key})`;
}

function renderReport(error: RunnerError, build: Build): string {
  const origin = error.cause instanceof Error ? error.cause : error;
  return [
    "This is a defect of distronode-runner. Please report it with these lines:",
    `  distronode-runner ${build.version}, Node.js ${build.node}, ${build.platform}`,
    ...(origin.stack ?? String(origin)).split("\n").map((line) => `  ${line}`),
  ].join("\n");
}

import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { RunnerError } from "@distronode-runner/contract";
import { printable } from "./render/printable.ts";

/** Takes lines about what the runner does. */
export type DebugLog = (lines: readonly string[]) => void;

export interface DebugOptions {
  readonly debug?: boolean | undefined;
  readonly logfile?: string | undefined;
}

/** `--debug` and `--logfile`. As in `ansible-runner` a log file without `--debug` is made and stays empty. */
export function openDebugLog(options: DebugOptions, cwd: string, tell: (text: string) => void): DebugLog {
  const file = options.logfile === undefined ? undefined : resolve(cwd, options.logfile);
  if (file !== undefined) append(file, "");
  if (options.debug !== true) return () => {};
  return (lines) => {
    for (const line of lines.flatMap((text) => printable(text).split("\n"))) {
      tell(`debug: ${line}\n`);
      if (file !== undefined) append(file, `${new Date().toISOString()}: ${line}\n`);
    }
  };
}

function append(file: string, text: string): void {
  try {
    appendFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    throw new RunnerError("REQUEST_INVALID", `The log file ${file} can not be written: ${(error as Error).message}`, { location: { file, key: "--logfile" }, cause: error });
  }
}

import { join } from "node:path";
import { command } from "../engines/command.ts";

/** What one run of a command cost. Seconds and bytes. `own`: its own process, without those it started. */
export interface Cost {
  readonly wall: number;
  /** The command and all it started and waited for: what an engine's daemon does is not in it. */
  readonly cpu: number;
  readonly ownCpu: number;
  readonly ownPeak: number;
}

export interface Run {
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Makes what the command needs anew; its time does not count. */
  readonly before?: () => Promise<void>;
}

/** Runs a command, its output in the file `output`. Rejects if it does not end with 0. */
export async function measure(run: Run, output: string): Promise<Cost> {
  await run.before?.();
  const ended = await command(["/usr/bin/python3", "-I", "-S", join(import.meta.dirname, "programs/measure.py"), output, ...run.argv], run);
  if (ended.code !== 0) throw new Error(`measuring failed: ${ended.stderr}`);
  const { exitCode, ...cost } = JSON.parse(ended.stdout) as Cost & { readonly exitCode: number };
  if (exitCode !== 0) throw new Error(`${run.argv.join(" ")} ended with ${exitCode}; its output is in ${output}`);
  return cost;
}

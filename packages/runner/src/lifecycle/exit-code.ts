import { constants } from "node:os";
import { stoppedExitCode } from "@distronode-runner/contract";
import type { Outcome } from "./states.ts";

/** The one exit code of a job, whatever its end. */
export function exitCodeOf(outcome: Outcome): number {
  if (outcome.status === "error") return outcome.error?.exitCode ?? 1;
  if (outcome.status === "canceled" || outcome.status === "timeout") return stoppedExitCode;
  const exit = outcome.exit;
  if (exit === undefined) return 1;
  return exit.code ?? 128 + (constants.signals[exit.signal as NodeJS.Signals] ?? 0);
}

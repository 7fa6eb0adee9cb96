import { asRunnerError, RunnerError, type JobResult } from "@distronode-runner/contract";
import { renderError } from "./render/error.ts";

/** Says on stderr what went wrong. Returns the exit code. */
export function reportError(thrown: unknown, version: string): number {
  const error = asRunnerError(thrown);
  process.stderr.write(renderError(error, { version, node: process.version, platform: `${process.platform} ${process.arch}` }));
  return error.exitCode;
}

/** Says on stderr why a job ended in an error, if it did. Returns the exit code. */
export function reportResult(result: JobResult, version: string, screen: { tell(text: string): void }): number {
  if (result.error !== undefined) {
    reportError(new RunnerError(result.error.code, result.error.message, result.error), version);
    screen.tell(`Artifacts: ${result.artifactDir}\n`);
  }
  return result.rc;
}

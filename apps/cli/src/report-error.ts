import { asRunnerError } from "@distronode-runner/contract";
import { renderError } from "./render/error.ts";

/** Says on stderr what went wrong. Returns the exit code. */
export function reportError(thrown: unknown, version: string): number {
  const error = asRunnerError(thrown);
  process.stderr.write(renderError(error, { version, node: process.version, platform: `${process.platform} ${process.arch}` }));
  return error.exitCode;
}

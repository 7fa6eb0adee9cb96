import { RunnerError } from "@distronode-runner/contract";

/** A file of the artifacts that is not what was written. `line` counts from 1; without one the whole file is meant. */
export function damaged(file: string, what: string, line?: number): RunnerError {
  return new RunnerError("ARTIFACTS_DAMAGED", `${file}${line === undefined ? "" : `, line ${line}`}: ${what}.`, {
    location: { file, ...(line === undefined ? {} : { line }) },
    hint: "Something other than the runner changed the file, or the disk lost a part of it. What stands before that place is as it was written.",
  });
}

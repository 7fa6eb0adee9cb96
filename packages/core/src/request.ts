import { RunnerError, validateJobRequest, type JobRequest } from "@distronode-runner/contract";
import { suggest } from "./suggest.ts";

/** A foreign value as a `JobRequest`, or `REQUEST_INVALID` with every fault. */
export function checkRequest(value: unknown): JobRequest {
  const outcome = validateJobRequest(value);
  if ("value" in outcome) return outcome.value;
  const first = outcome.problems[0]!;
  const lines = outcome.problems.map((problem) => `${problem.path.join(".") || "the request"} ${problem.message}`);
  throw new RunnerError("REQUEST_INVALID", lines.length === 1 ? `The job request is not valid: ${lines[0]}.` : `The job request has ${lines.length} faults.`, {
    location: { key: first.path.join(".") },
    hint: first.kind === "unknown" ? suggest(first.path.at(-1)!, first.allowed ?? [], "See the schema of job requests.") : "See the schema of job requests.",
    problems: lines.length === 1 ? [] : lines,
  });
}

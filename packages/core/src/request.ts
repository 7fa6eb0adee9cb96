import { RunnerError, validateJobRequest, type JobRequest } from "@distronode-runner/contract";
import { suggest } from "./suggest.ts";
import { malformedText } from "./well-formed.ts";

/** A foreign value as a `JobRequest`, or `REQUEST_INVALID` with every fault. */
export function checkRequest(value: unknown): JobRequest {
  const outcome = validateJobRequest(value);
  if ("value" in outcome) {
    const malformed = malformedText(outcome.value);
    if (malformed === undefined) return outcome.value;
    throw new RunnerError("REQUEST_INVALID", `The job request is not valid: ${malformed.join(".")} is not well-formed Unicode text.`, { location: { key: malformed.join(".") }, hint: "It has half of a surrogate pair; send whole characters." });
  }
  const first = outcome.problems[0]!;
  const lines = outcome.problems.map((problem) => `${problem.path.join(".") || "the request"} ${problem.message}`);
  throw new RunnerError("REQUEST_INVALID", lines.length === 1 ? `The job request is not valid: ${lines[0]}.` : `The job request has ${lines.length} faults.`, {
    location: { key: first.path.join(".") },
    hint: first.kind === "unknown" ? suggest(first.path.at(-1)!, first.allowed ?? [], "See the schema of job requests.") : "See the schema of job requests.",
    problems: lines.length === 1 ? [] : lines,
  });
}

import { RunnerError } from "@distronode-runner/contract";

/** What a client may not ask because the operator has not allowed it. */
export function forbidden(key: string, message: string, hint: string): RunnerError {
  return new RunnerError("FORBIDDEN", message, { location: { key }, hint });
}

/** What no client may ask in this form. */
export function invalid(key: string, message: string, hint?: string): RunnerError {
  return new RunnerError("REQUEST_INVALID", message, { location: { key }, ...(hint === undefined ? {} : { hint }) });
}

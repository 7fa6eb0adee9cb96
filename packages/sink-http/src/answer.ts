import { sinkRefusal } from "@distronode-runner/contract";

/** Answers that a later attempt may change, apart from those of a broken receiver (5xx). */
const temporary = new Set([408, 425, 429]);

/** Returns if the receiver took the request; throws a refusal if it never will. */
export function checkAnswer(name: string, status: number): void {
  if (status >= 200 && status < 300) return;
  if (status >= 500 || temporary.has(status)) throw new Error(`${name} answered with HTTP ${status}.`);
  throw sinkRefusal(`${name} refused with HTTP ${status}.`, { hint: hintFor(status) });
}

function hintFor(status: number): string {
  if (status < 400) return "Redirects are not followed: set runner_http_url to the final address.";
  if (status === 401 || status === 403) return "Check runner_http_headers and runner_http_secret.";
  if (status === 404 || status === 405 || status === 410) return "Check runner_http_url and runner_http_path.";
  return "Its log should say why.";
}

/** No answer: worth another attempt, unless the request can not even be made. */
export function unreachable(name: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  // Not with undici's message, which repeats a header's value.
  if (code === "UND_ERR_INVALID_ARG") return sinkRefusal(`No request can be made to ${name}.`, { hint: "Check runner_http_headers and runner_http_path." });
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : undefined;
  return new Error(`${name} does not answer: ${first?.message || message || code || "unknown reason"}.`, { cause: error });
}

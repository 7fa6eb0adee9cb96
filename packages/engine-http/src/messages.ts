import { RunnerError, type ErrorCode } from "@distronode-runner/contract";
import { readable } from "./readable.ts";

/** One line of an engine's message table: what it says, and what that means. */
export interface MessageRow {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  /** A message as it was seen; tests replay it. */
  readonly sample: string;
  /** Engine and version that said it. */
  readonly engine: string;
  readonly hint?: string;
}

/** What an engine answered, as the cause of our error. */
export class AnswerError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "AnswerError";
    this.status = status;
  }
}

export interface Failure {
  /** What was attempted, as the start of a sentence: `Container x can not be created`. */
  readonly doing: string;
  readonly status: number;
  readonly message: string;
}

/** First row that recognises the message. */
export function classify(rows: readonly MessageRow[], message: string): MessageRow | undefined {
  return rows.find((row) => row.pattern.test(message));
}

/** A refusal in our terms; what no row recognises is `fallback`. */
export function failureOf(rows: readonly MessageRow[], failure: Failure, fallback: ErrorCode = "ENGINE_FAILED"): RunnerError {
  const row = classify(rows, failure.message);
  const text = readable(failure.message).replace(/\.$/, "") || `the engine answered with status ${failure.status}`;
  return new RunnerError(row?.code ?? fallback, `${failure.doing}: ${text}.`, {
    ...(row?.hint === undefined ? {} : { hint: row.hint }),
    cause: new AnswerError(failure.status, failure.message),
  });
}

import { execFile } from "node:child_process";
import { RunnerError, type CallOptions, type ErrorCode } from "@distronode-runner/contract";
import { readable } from "@distronode-runner/engine-http";

/** What an engine says when a command fails, and what that means. */
export type CommandMessages = readonly (readonly [pattern: RegExp, code: ErrorCode])[];

/** The command line of an engine: one program, whose commands say on stderr why they failed. */
export class CommandLine {
  readonly program: string;
  readonly #messages: CommandMessages;

  constructor(program: string, messages: CommandMessages) {
    this.program = program;
    this.#messages = messages;
  }

  /**
   * What a command printed on stdout, without white space at its ends; up to 64 MB. `despite`: a failure that says this is none.
   *
   * @throws RunnerError of the code of the first message that is recognised, else `ENGINE_FAILED`; the reason of `signal` if that was aborted, which
   * ends the command
   */
  run(words: readonly string[], { signal }: CallOptions = {}, despite?: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      execFile(this.program, words, { maxBuffer: 64 * 1024 * 1024, ...(signal === undefined ? {} : { signal }) }, (error, stdout, stderr) => {
        if (signal?.aborted === true) reject(signal.reason as Error);
        else if (error === null || despite?.test(stderr) === true) resolve(stdout.trim());
        else reject(this.failure(stderr.trim() || error.message, error));
      });
    });
  }

  /** An error with the code of what the message is recognised as. */
  failure(message: string, cause: unknown = new Error(message)): RunnerError {
    return new RunnerError(this.#messages.find(([pattern]) => pattern.test(message))?.[1] ?? "ENGINE_FAILED", readable(message), { cause });
  }
}

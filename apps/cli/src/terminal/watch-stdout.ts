import { asRunnerError, RunnerError } from "@distronode-runner/contract";

/** Nobody is there to read any more. EIO is what a terminal says that was closed. */
const readerGone = new Set(["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"]);

/**
 * Watches what becomes of what is written to standard output, by whatever part of the program. Returns what tells, at the end, why something did not get
 * there; undefined: it did, or its reader wanted no more.
 */
export function watchStdout(stdout: NodeJS.WriteStream): () => RunnerError | undefined {
  let first: NodeJS.ErrnoException | undefined;
  // The command library throws on every error of stdout but EPIPE, which would turn a closed terminal into a crash.
  stdout.removeAllListeners("error");
  // The stream itself forgets its errors.
  stdout.on("error", (error) => (first ??= error));
  return () => {
    if (first === undefined || readerGone.has(first.code ?? "") || (stdout.isTTY && first.code === "EIO")) return undefined;
    return new RunnerError(asRunnerError(first, "STORE_FAILED").code, `Standard output cannot be written: ${first.message}`, { hint: "What jobs have said is in their artifacts, too.", cause: first });
  };
}

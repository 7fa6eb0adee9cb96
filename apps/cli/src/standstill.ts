import { RunnerError } from "@distronode-runner/contract";

/**
 * The last guard. A program whose code waits for something that can no longer come ends by itself, in silence and with a code of Node's own; from here on that is an
 * error that says so. Call what it gives when the command has come to its end.
 */
export function watchForStandstill(leave: (error: RunnerError) => void): () => void {
  const listener = (): void =>
    leave(new RunnerError("INTERNAL", "The command waits, and nothing is left that it could wait for.", { hint: "distronode-runner ps --all shows what became of its job, and doctor --fix settles what was left." }));
  process.once("beforeExit", listener);
  return () => void process.off("beforeExit", listener);
}

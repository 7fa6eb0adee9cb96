import { stoppedExitCode } from "@distronode-runner/contract";
import type { Outcome } from "./base-command.ts";
import { onInterrupt } from "./terminal/interrupts.ts";

/** The first interrupt aborts the work, which tidies up; the next one leaves at once. */
export async function abortOnInterrupt(tell: (text: string) => void, work: (signal: AbortSignal) => Promise<Outcome>): Promise<Outcome> {
  const abort = new AbortController();
  const stop = onInterrupt((count) => {
    if (count > 1) process.exit(stoppedExitCode);
    abort.abort();
  });
  try {
    return await work(abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    tell("Canceled.\n");
    return { exitCode: stoppedExitCode };
  } finally {
    stop();
  }
}

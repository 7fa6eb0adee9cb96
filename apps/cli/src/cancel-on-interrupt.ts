import type { JobHandle } from "@distronode-runner/contract";
import { onInterrupt } from "./terminal/interrupts.ts";

export interface Cancelable {
  /** From now on interrupts are for this job; one that came before it existed is handed on. */
  watch(handle: JobHandle): void;
  stop(): void;
}

/** The first interrupt asks the job to stop, the next one kills it. */
export function cancelOnInterrupt(tell: (text: string) => void): Cancelable {
  let job: JobHandle | undefined;
  let interrupts = 0;
  const act = (handle: JobHandle): void => {
    if (interrupts === 1) tell(`Canceling job ${handle.ident} ... (again to kill it at once)\n`);
    void handle.cancel(interrupts > 1 ? { force: true } : {});
  };
  const stop = onInterrupt((count) => {
    interrupts = count;
    if (job !== undefined) act(job);
  });
  return {
    watch(handle) {
      job = handle;
      if (interrupts > 0) act(handle);
    },
    stop,
  };
}

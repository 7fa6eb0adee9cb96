import { isFinal, type JobHandle } from "@distronode-runner/contract";
import { onInterrupt } from "./terminal/interrupts.ts";

export interface InterruptibleJob {
  /** From now on interrupts are for this job; one that came before it existed is handed on. */
  watch(handle: JobHandle): void;
  stop(): void;
}

export interface InterruptActions {
  readonly tell: (text: string) => void;
  /** Ends the process: there is no job that an interrupt could be for. */
  readonly leave: () => void;
}

/** The first interrupt asks the job to stop, the next one kills it. Without a job the first one waits for it, the next one leaves. */
export function cancelOnInterrupt({ tell, leave }: InterruptActions): InterruptibleJob {
  let job: JobHandle | undefined;
  let interrupts = 0;
  const act = (handle: JobHandle): void => {
    if (interrupts === 1) tell(`Canceling job ${handle.ident} ... (again to kill it at once)\n`);
    void handle.cancel(interrupts > 1 ? { force: true } : {});
  };
  const stop = onInterrupt((count) => {
    interrupts = count;
    if (job === undefined ? count > 1 : isFinal(job.status)) leave();
    else if (job === undefined) tell("Canceling as soon as the engine answers ... (again to leave at once)\n");
    else act(job);
  });
  return {
    watch(handle) {
      job = handle;
      if (interrupts > 0) act(handle);
    },
    stop,
  };
}

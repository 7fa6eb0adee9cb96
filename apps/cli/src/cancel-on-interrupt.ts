import { isFinal, type JobHandle } from "@distronode-runner/contract";
import { onInterrupt } from "./terminal/interrupts.ts";

export interface InterruptibleJob {
  /** From now on interrupts are for this job; one that came before it existed is handed on. */
  watch(handle: JobHandle): void;
  stop(): void;
}

export interface InterruptActions {
  readonly tell: (text: string) => void;
  /** Ends the process. */
  readonly leave: () => void;
  /** Milliseconds that killing a job may take; default 10 seconds. */
  readonly patience?: number;
}

/**
 * The first interrupt asks the job to stop, the next one kills it, and ends this process when even that takes long: an engine that does not answer keeps nobody. One
 * more ends it at once. Without a job the first one waits for it, the next one leaves. Who leaves a job says what is left of it.
 */
export function cancelOnInterrupt({ tell, leave, patience = 10_000 }: InterruptActions): InterruptibleJob {
  let job: JobHandle | undefined;
  let interrupts = 0;
  let timer: NodeJS.Timeout | undefined;
  const abandon = (handle: JobHandle): void => {
    tell(leftBehind(handle));
    leave();
  };
  const act = (handle: JobHandle): void => {
    if (interrupts > 2) return abandon(handle);
    if (interrupts === 1) tell(`Canceling job ${handle.ident} ... (again to kill it at once)\n`);
    else {
      tell(`Killing job ${handle.ident} ... (again to leave at once)\n`);
      timer ??= setTimeout(() => {
        if (!isFinal(handle.status)) abandon(handle);
      }, patience);
    }
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
    stop() {
      clearTimeout(timer);
      stop();
    },
  };
}

function leftBehind({ ident, plan: { execution }, artifactDir }: JobHandle): string {
  const container = execution.kind === "container" ? ` its container ${execution.containerName} in ${execution.engine},` : " its processes,";
  return `Left without waiting for its end: job ${ident},${container} and its artifacts in ${artifactDir}.\ndistronode-runner doctor --fix settles what is left.\n`;
}

import { setTimeout as sleep } from "node:timers/promises";
import type { RunnerError, StartOptions } from "@distronode-runner/contract";
import { handlerFailure } from "./handler-calls.ts";

const pollMilliseconds = 1000;

export interface CancelWatch {
  readonly options: StartOptions;
  /** Aborted at the job's end. */
  readonly jobEnd: AbortSignal;
  readonly cancel: () => void;
  readonly failed: (error: RunnerError) => void;
}

/** Cancels a job when the program that started it says so, by signal or by answer. */
export function watchCancel(watch: CancelWatch): void {
  watch.options.signal?.addEventListener("abort", () => watch.cancel(), { once: true, signal: watch.jobEnd });
  if (watch.options.isCanceled !== undefined) void poll(watch);
}

async function poll({ options, jobEnd, cancel, failed }: CancelWatch): Promise<void> {
  try {
    while (!jobEnd.aborted) {
      if ((await options.isCanceled!()) && !jobEnd.aborted) return cancel();
      await sleep(pollMilliseconds, undefined, { signal: jobEnd }).catch(() => {});
    }
  } catch (error) {
    if (!jobEnd.aborted) failed(handlerFailure("isCanceled", error));
  }
}

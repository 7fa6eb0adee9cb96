import { setTimeout as sleep } from "node:timers/promises";
import { isRunnerError } from "@distronode-runner/contract";

/** Seconds between attempts. */
const pauses = [0.25, 0.5, 1, 2, 4, 8];

/** Milliseconds after which no further attempt is made: one on an engine that says nothing takes long. */
const patience = 20_000;

/** Work that may be done twice, on an engine that may be restarting. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  for (const pause of pauses) {
    try {
      return await work();
    } catch (error) {
      if (!isRunnerError(error) || error.code !== "ENGINE_UNAVAILABLE" || performance.now() - begun > patience) throw error;
      await sleep(pause * 1000);
    }
  }
  return work();
}

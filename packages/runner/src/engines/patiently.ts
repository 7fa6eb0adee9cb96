import { setTimeout as sleep } from "node:timers/promises";
import { isRunnerError } from "@distronode-runner/contract";

/** Seconds between attempts. */
const pauses = [0.25, 0.5, 1, 2, 4, 8];

/** Work that may be done twice, on an engine that may be restarting. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const pause of pauses) {
    try {
      return await work();
    } catch (error) {
      if (!isRunnerError(error) || error.code !== "ENGINE_UNAVAILABLE") throw error;
      await sleep(pause * 1000);
    }
  }
  return work();
}

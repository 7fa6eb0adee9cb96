import { setTimeout as sleep } from "node:timers/promises";
import { isRunnerError } from "@distronode-runner/contract";
import type { DecoderPosition } from "@distronode-runner/shim";
import { comeBack, type Door, type OpenDoor } from "./knock.ts";

/** Seconds before each attempt: an engine's service that was restarted is back within these. */
const pauses = [0, 0.25, 0.5, 1, 2, 4, 8, 15];

/** Milliseconds after which no further attempt is begun. */
const patience = 45_000;

/**
 * The streams of a job have ended, and it has not said that it had. Speaks to it again if it runs still: its engine may have been restarted. Undefined: it
 * does not run. Rejects with the last failure of an engine that does not come back.
 */
export async function untilBack(door: Door, position: DecoderPosition): Promise<OpenDoor | undefined> {
  let failure: unknown;
  const begun = performance.now();
  for (const pause of pauses) {
    // One that does not answer at all takes its time for that, each time.
    if (performance.now() - begun > patience) break;
    await sleep(pause * 1000);
    try {
      const container = (await door.engine.list({})).find(({ id }) => id === door.id);
      if (container?.phase !== "running") return undefined;
      return await comeBack(door, position);
    } catch (error) {
      failure = error;
      if (!isRunnerError(error) || !passing.has(error.code)) throw error;
    }
  }
  throw failure;
}

/** What a restart looks like, and what a job looks like that is just ending. */
const passing = new Set(["ENGINE_UNAVAILABLE", "ENGINE_FAILED", "CONTAINER_NOT_RUNNING", "CONTAINER_NOT_FOUND", "JOB_LOST"]);

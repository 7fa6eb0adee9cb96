import { setTimeout as pause } from "node:timers/promises";
import { RunnerError, type ContainerExit, type EngineSignal } from "@distronode-runner/contract";
import { killTree } from "./descendants.ts";
import { phaseOf, type JobRecord, type JobRecords } from "./job-records.ts";
import { isAlive } from "./process-identity.ts";

/** Milliseconds between two looks at what another process is to see first. */
const interval = 50;

/** How long the creator of a job may take to write down how it ended. */
const patience = 1000;

export function signalForeign(job: JobRecord, signal: EngineSignal): void {
  if (job.process === undefined || !isAlive(job.process)) return;
  if (signal === "SIGKILL") return killTree(job.process.pid);
  try {
    process.kill(job.process.pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

/** How a job ended that another process has started; only its creator knows its exit code. */
export async function waitForForeign(records: JobRecords, id: string, signal?: AbortSignal): Promise<ContainerExit> {
  for (let waited = 0; ; ) {
    const job = await records.find(id);
    if (job === undefined) throw new RunnerError("CONTAINER_NOT_FOUND", `The job process ${id} was removed before it was seen to exit.`);
    if (phaseOf(job) === "exited") {
      if (job.exitCode !== undefined || !isAlive(job.creator) || waited >= patience) return { exitCode: job.exitCode, outOfMemory: false };
      waited += interval;
    }
    await pause(interval, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
  }
}

/** Ends it if it runs; resolves when it has ended. */
export async function endForeign(job: JobRecord): Promise<void> {
  signalForeign(job, "SIGKILL");
  while (job.process !== undefined && isAlive(job.process)) await pause(10);
}

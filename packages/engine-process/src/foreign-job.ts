import { setTimeout as pause } from "node:timers/promises";
import { RunnerError, type ContainerExit, type EngineSignal } from "@distronode-runner/contract";
import { killTree } from "./descendants.ts";
import { killGroup, leaveGroup } from "./job-group.ts";
import { phaseOf, type JobRecord, type JobRecords } from "./job-records.ts";
import { isAlive, isOfHere } from "./process-identity.ts";

/** Milliseconds between two looks at what another process is to see first. */
const interval = 50;

/** How long the creator of a job may take to write down how it ended. */
const patience = 1000;

export async function signalForeign(job: JobRecord, signal: EngineSignal): Promise<void> {
  if (job.process !== undefined && !isOfHere(job.process)) throw ofElsewhere(job);
  const alive = job.process !== undefined && isAlive(job.process);
  if (signal === "SIGKILL") {
    if (alive) killTree(job.process.pid);
    if (job.group !== undefined) await killGroup(job.group);
    return;
  }
  if (!alive) return;
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

/** Ends it if it runs; resolves when it has ended and nothing of it is left. */
export async function endForeign(job: JobRecord): Promise<void> {
  if (job.process !== undefined && !isOfHere(job.process)) throw ofElsewhere(job);
  if (job.process !== undefined && isAlive(job.process)) await signalForeign(job, "SIGKILL");
  while (job.process !== undefined && isAlive(job.process)) await pause(10);
  if (job.group === undefined) return;
  // Nobody has seen how it ended: then it is not known to have left anything on purpose.
  if (job.exitCode === undefined) await killGroup(job.group);
  await leaveGroup(job.group);
}

function ofElsewhere({ id }: JobRecord): RunnerError {
  return new RunnerError("ENGINE_UNAVAILABLE", `The job process ${id} runs in another process namespace, where it cannot be reached from here.`, { hint: "Ask in the container where the job was started." });
}

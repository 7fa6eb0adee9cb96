import { RunnerError, type JobPlan } from "@distronode-runner/contract";

export const memoryHint = "Give it more with --container-option=--memory=SIZE, or have it do less at once (--forks).";

/** Why a job failed of which the system killed a process: known in containers only, whose memory is theirs alone. */
export function outOfMemory(execution: JobPlan["execution"], kills: number): RunnerError | undefined {
  if (execution.kind === "host" || kills <= 0) return undefined;
  const limit = execution.limits?.memoryBytes;
  const of = limit === undefined ? "this machine" : `its container, which may use ${Math.round(limit / 1024 / 1024)} MiB`;
  return new RunnerError("OUT_OF_MEMORY", `${kills === 1 ? "A process" : `${kills} processes`} of the job ${kills === 1 ? "was" : "were"} killed for want of memory in ${of}.`, { hint: memoryHint });
}

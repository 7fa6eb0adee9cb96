import type { FinishedJob, JobRequest, StartOptions } from "@distronode-runner/contract";
import type { RunnerParts } from "@distronode-runner/runner";
import { createStandardRunner } from "./standard-runner.ts";

/**
 * Runs one job from start to end with a runner of its own. A program that runs several keeps a runner: `createStandardRunner().start(...)`.
 *
 * @returns the ended job; a play that failed is a value: look at `status` and `rc`
 * @throws RunnerError when no job came to be: nothing has been written then
 */
export async function run(request: JobRequest, options: StartOptions = {}, parts: Partial<RunnerParts> = {}): Promise<FinishedJob> {
  const runner = createStandardRunner(parts);
  try {
    const job = await runner.start(request, options);
    await job.result;
    return job as FinishedJob;
  } finally {
    await runner.close();
  }
}

import { closeSync } from "node:fs";
import { RunnerError, type JobSummary } from "@distronode-runner/contract";
import { launch, openLog } from "./launch.ts";

/** Starts a process that becomes the runner of a job without one. Resolves when it is, or when it has said in the job's artifacts that nothing was left. */
export async function launchStandIn({ artifactDir }: JobSummary): Promise<void> {
  const log = openLog(artifactDir);
  const launched = launch({ adopt: artifactDir, cwd: process.cwd() }, artifactDir, log);
  closeSync(log);
  const answer = await launched.answer;
  if (answer.is === "refused") throw new RunnerError(answer.error.code, answer.error.message, answer.error);
}

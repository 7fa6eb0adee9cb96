import { closeSync } from "node:fs";
import { resolve } from "node:path";
import { RunnerError } from "@distronode-runner/contract";
import type { Outcome } from "../base-command.ts";
import { launch, openLog } from "../daemon/launch.ts";
import type { NewJob } from "../daemon/messages.ts";
import { pipesOf } from "../data-dir-pipes.ts";
import { makeDataDir } from "../make-data-dir.ts";
import { withRunner } from "../open-runner.ts";

/** Leaves a job to a process in the background. Returns as soon as there is one, with its ident as the text. */
export async function detach(job: NewJob, screen: { tell(text: string): void }): Promise<Outcome> {
  const { request, cwd } = job;
  const dataDir = resolve(cwd, request.privateDataDir);
  const undo = await makeDataDir(request, cwd);
  try {
    // Refused here, nothing is left behind. What can be read only once is for the process that runs the job, which refuses it as well.
    if (pipesOf(dataDir).length === 0) await withRunner((runner) => runner.plan(request));
  } catch (error) {
    await undo();
    throw error;
  }
  const log = openLog(dataDir);
  const launched = launch(job, dataDir, log);
  closeSync(log);
  const answer = await launched.answer;
  if (answer.is === "refused") throw new RunnerError(answer.error.code, answer.error.message, answer.error);
  if (request.quiet !== true) screen.tell("The job runs in the background. attach, logs, wait and cancel take this ident:\n");
  return { text: `${request.ident}\n` };
}

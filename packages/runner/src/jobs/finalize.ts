import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { isFinal, RunnerError, type ArtifactStore, type JobResult, type JobStatus } from "@distronode-runner/contract";
import { readRegular } from "@distronode-runner/safe-files";
import { exitCodeOf } from "../lifecycle/exit-code.ts";
import type { Outcome, ToolExit } from "../lifecycle/states.ts";
import { outcomeOf } from "../lifecycle/transition.ts";
import { Journal } from "../journal/journal.ts";

/** Gives artifacts that nobody will complete a final status. False if they have one, or are not there. */
export async function finalizeLost(store: ArtifactStore, artifactDir: string, ident: string, parts: { now(): number; readonly version: string }): Promise<boolean> {
  const status = await readRegular(join(artifactDir, "status"), 100).catch(() => undefined);
  if (status !== undefined && isFinal(status as JobStatus)) return false;
  const journal = await Journal.resume(join(artifactDir, "events.ndjson"), () => parts.now(), Number.MAX_SAFE_INTEGER).catch(() => undefined);
  if (journal === undefined) return false;
  const outcome = outcomeLeft(ident, (await store.exitOf(artifactDir)) as ToolExit | undefined);
  const { status: end, error } = outcome;
  const result: JobResult = { ident, status: end, rc: exitCodeOf(outcome), artifactDir, events: journal.events, phases: {}, ...(error === undefined ? {} : { error: error.toJSON() }) };
  await store.abandon(artifactDir, result, { version: 1, runner: parts.version, ...result });
  if (!journal.complete) {
    journal.append("status", JSON.stringify({ status: end, runner_ident: ident, rc: result.rc, error: result.error }).slice(1, -1), `status ${end}`);
    await journal.end(await sizeOf(join(artifactDir, "stdout")));
  }
  return true;
}

async function sizeOf(path: string): Promise<number> {
  return lstat(path).then(({ size }) => size, () => 0);
}

/** A runner that was killed after the job's end has said how that was. */
function outcomeLeft(ident: string, exit: ToolExit | undefined): Outcome {
  if (exit !== undefined) return outcomeOf(exit);
  return { status: "error", error: new RunnerError("JOB_LOST", `The runner of the job ${ident} was killed, and nothing was left to go on with.`, { hint: "What it had said before is in its artifacts." }) };
}

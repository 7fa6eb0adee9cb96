import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { asRunnerError, isFinal, isRunnerError, RunnerError, type ArtifactStore, type ErrorRecord, type FinalStatus, type JobResult, type JobStatus, type StatusEntry } from "@distronode-runner/contract";
import { damaged } from "../journal/damaged.ts";
import { Journal } from "../journal/journal.ts";
import { readLeft, type LeftJournal } from "../journal/read-left.ts";
import { readRegular } from "../journal/regular-file.ts";
import { exitCodeOf } from "../lifecycle/exit-code.ts";
import type { Outcome } from "../lifecycle/states.ts";
import { outcomeOf } from "../lifecycle/transition.ts";
import { readRecord } from "./read-record.ts";
import { readExit, type KeptExit } from "./tool-exit.ts";

/** How a job ended, as its artifacts tell. */
interface Ending {
  readonly status: FinalStatus;
  readonly rc: number;
  readonly error?: ErrorRecord;
}

/** `completed`: how the job had ended was known, and stands now wherever it should. `lost`: nobody had said it. */
export type Finalized = "completed" | "lost";

/**
 * Gives artifacts that nobody will complete a final status. Undefined if they have all that they should, or are not there, or nothing can be done. The journal decides:
 * what it says of the job's end is written again; a damaged one is the job's end itself, and is left as it is.
 */
export async function finalizeLost(store: ArtifactStore, artifactDir: string, ident: string, parts: { now(): number; readonly version: string }): Promise<Finalized | undefined> {
  const status = (await readRegular(join(artifactDir, "status"))) as JobStatus | undefined;
  const path = join(artifactDir, "events.ndjson");
  if (status !== undefined && isFinal(status)) return completeJournal(path, artifactDir, ident, status, parts);
  const exit = await readExit(store, artifactDir);
  const left = await journalLeft(path, exit === "damaged" ? undefined : exit).catch((error: unknown) => asRunnerError(error));
  if (isRunnerError(left) && left.code !== "ARTIFACTS_DAMAGED") return undefined;
  const told = isRunnerError(left) ? undefined : left;
  const ending = isRunnerError(left) ? endingOf({ status: "error", error: left }) : left.final === undefined ? endingLeft(exit, artifactDir, ident) : endingOf(left.final);
  const result: JobResult = { ident, ...ending, artifactDir, events: told?.place.events ?? 0, phases: {} };
  await store.abandon(artifactDir, result, { version: 1, runner: parts.version, ...result });
  if (told !== undefined && !told.complete) await complete(path, told, result, parts);
  return told?.final === undefined ? "lost" : "completed";
}

/** For a runner that was killed between the last files and the journal's last entries: the record proves that no event is missing. */
async function completeJournal(path: string, artifactDir: string, ident: string, status: FinalStatus, parts: { now(): number }): Promise<Finalized | undefined> {
  const [left, record] = await Promise.all([journalLeft(path, undefined).catch(() => undefined), readRecord(artifactDir)]);
  if (left === undefined || left.complete || record?.status !== status || record.rc === undefined || record.events !== left.place.events) return undefined;
  await complete(path, left, { phases: {}, ...record, ident, status, rc: record.rc, events: record.events, artifactDir }, parts);
  return "completed";
}

async function complete(path: string, { final }: LeftJournal, { ident, status, rc, error, artifactDir }: JobResult, parts: { now(): number }): Promise<void> {
  const journal = await Journal.resume(path, () => parts.now(), Number.MAX_SAFE_INTEGER);
  if (final === undefined) journal.append("status", JSON.stringify({ status, runner_ident: ident, rc, error }).slice(1, -1), `status ${status}`);
  await journal.end(await sizeOf(join(artifactDir, "stdout")));
}

async function sizeOf(path: string): Promise<number> {
  return lstat(path).then(({ size }) => size, () => 0);
}

function endingOf(end: Outcome | StatusEntry): Ending {
  if ("seq" in end) return { status: end.status as FinalStatus, rc: end.rc ?? 1, ...(end.error === undefined ? {} : { error: end.error }) };
  return { status: end.status, rc: exitCodeOf(end), ...(end.error === undefined ? {} : { error: end.error.toJSON() }) };
}

/** Rejects with `ARTIFACTS_DAMAGED` also if it has less than it had at the tool's end. */
async function journalLeft(path: string, exit: KeptExit | undefined): Promise<LeftJournal> {
  const { entries = 0, chain = 0 } = exit ?? {};
  if (!(await lstat(path)).isFile()) throw damaged(path, "it is no regular file");
  const left = await readLeft(path, entries);
  if (left.place.seq < entries) throw damaged(path, `the journal ends here, and ${entries} entries were written`, left.place.seq + 1);
  if (left.sumAtCheckpoint !== chain) throw damaged(path, "the entry is not the one that was written", entries);
  return left;
}

/** A runner that was killed after the job's end has said how that was. */
function endingLeft(exit: KeptExit | "damaged" | undefined, artifactDir: string, ident: string): Ending {
  if (exit === "damaged") return endingOf({ status: "error", error: damaged(join(artifactDir, "exit.json"), "it does not tell how the tool ended, and nothing else does") });
  if (exit !== undefined) return endingOf(outcomeOf(exit.exit));
  return endingOf({ status: "error", error: new RunnerError("JOB_LOST", `The runner of the job ${ident} was killed, and nothing was left to go on with.`, { hint: "What it had said before is in its artifacts." }) });
}

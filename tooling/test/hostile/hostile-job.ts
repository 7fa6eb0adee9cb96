import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JobHandle, JobRequest, JobResult, JournalEntry } from "@distronode-runner/contract";
import { createStandardRunner } from "@distronode-runner/standard";
import { makeDataDir } from "../../scenarios/data-dir.ts";
import { executions, isolation, type Execution } from "../../scenarios/executions.ts";

/** Where hostile jobs run: on the host, in a sandbox, and in each engine that was asked for. */
export const places: readonly string[] = [...executions, "bwrap"];

export const where = (place: Execution): Partial<JobRequest> => (place === "bwrap" ? { processIsolation: true, processIsolationExecutable: "bwrap" } : isolation(place));

/** There a job of root has all rights of root, so that nothing can be hidden from it. */
export const isAllowedAll = (place: Execution): boolean => place === "host" && process.getuid?.() === 0;

const inContainer = (place: Execution): boolean => place !== "host" && place !== "bwrap";

/** The path of a file of the project, as the job sees it. */
export const seen = (place: Execution, dataDir: string, name: string): string => join(inContainer(place) ? "/runner" : dataDir, "project", name);

/** A data directory whose job is a command of its own: this program in Python. Below `project`, which the job may write, it leaves what it has to show. */
export async function dataDirOf(place: Execution, program: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const dataDir = await makeDataDir({ "project/attack.py": program, ...files });
  await mkdir(join(dataDir, "project"), { recursive: true });
  if (files["args"] === undefined && program !== "") await writeFile(join(dataDir, "args"), `python3 ${seen(place, dataDir, "attack.py")}\n`);
  return dataDir;
}

export interface Ended {
  readonly result: JobResult;
  readonly stdout: string;
  readonly entries: readonly JournalEntry[];
}

/** Runs a job to its end; `meanwhile` may do something to it. */
export async function run(request: JobRequest, meanwhile: (job: JobHandle) => Promise<void> = () => Promise.resolve()): Promise<Ended> {
  const runner = createStandardRunner();
  try {
    const job = await runner.start(request);
    await meanwhile(job);
    const result = await job.result;
    const entries: JournalEntry[] = [];
    for await (const entry of job.entries({ follow: false })) entries.push(entry);
    return { result, stdout: await job.stdout(), entries };
  } finally {
    await runner.close();
  }
}

export const noticesOf = (entries: readonly JournalEntry[]): readonly string[] => entries.flatMap((entry) => (entry.type === "notice" ? [entry.kind] : []));

export const eventsOf = (entries: readonly JournalEntry[]): readonly string[] => entries.flatMap((entry) => (entry.type === "event" ? [entry.event.event] : []));

/** What a living job writes on and on, below its project. */
export const beatOf = (dataDir: string): string => join(dataDir, "project/beat");

const sizeOf = (path: string): Promise<number> => stat(path).then(({ size }) => size, () => 0);

/** Resolves when the job has begun to write. */
export async function beats(dataDir: string): Promise<void> {
  while ((await sizeOf(beatOf(dataDir))) < 100) await sleep(20);
}

/** Whether something of the job goes on writing, though it is said to have ended. */
export async function livesOn(dataDir: string): Promise<boolean> {
  const before = await sizeOf(beatOf(dataDir));
  await sleep(1000);
  return (await sizeOf(beatOf(dataDir))) > before;
}

export const discard = (dataDir: string): Promise<void> => rm(dataDir, { recursive: true, force: true });

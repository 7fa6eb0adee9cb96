import { basename, dirname } from "node:path";
import { isFinal, type FinalStatus, type JobSummary, type Runner } from "@distronode-runner/contract";
import pLimit from "p-limit";
import { nameOfDataDir, type DataDirs } from "../data-dirs.ts";
import { EndedJob } from "./ended-job.ts";
import type { JobRecord, JobRegistry, ListedPlan } from "./job-registry.ts";

export interface JobHistoryParts {
  readonly runner: Pick<Runner, "jobs" | "attach">;
  readonly jobs: JobRegistry;
  readonly dataDirs: DataDirs;
  /** So many at most. */
  readonly newest: number;
}

/** Journals that are opened at the same moment. */
const few = 4;

type Ended = JobSummary & { readonly status: FinalStatus };

/** The jobs that ended before this process began, in directories that clients may use. */
export class JobHistory {
  readonly #parts: JobHistoryParts;

  constructor(parts: JobHistoryParts) {
    this.#parts = parts;
  }

  /** Lists those that are not listed yet. */
  async load(): Promise<void> {
    const { runner, jobs, newest } = this.#parts;
    const found = (await runner.jobs({ ended: true })).flatMap((job) => {
      const dataDir = this.#nameOf(job);
      return isFinal(job.status) && dataDir !== undefined ? [{ job: job as Ended, dataDir }] : [];
    });
    const limit = pLimit(few);
    const read = found.slice(0, newest).filter(({ job }) => !jobs.knows(job.ident));
    jobs.remember(await Promise.all(read.map(({ job, dataDir }) => limit(() => this.#read(job, dataDir)))));
  }

  /** By where its artifacts are, and not by what is written there. */
  #nameOf({ artifactDir }: JobSummary): string | undefined {
    const artifacts = dirname(artifactDir);
    return basename(artifacts) === "artifacts" ? nameOfDataDir(this.#parts.dataDirs, dirname(artifacts)) : undefined;
  }

  async #read(job: Ended, dataDir: string): Promise<JobRecord> {
    const { runner } = this.#parts;
    const { command, created } = await beginningOf(job, runner);
    const plan: ListedPlan = {
      command,
      privateDataDir: dirname(dirname(job.artifactDir)),
      ...(job.runs === undefined ? {} : { runs: job.runs }),
      ownerGone: "cancel",
      warnings: [],
      execution: job.image === undefined ? { kind: "host" } : { kind: "container", engine: job.engine ?? "", image: job.image },
    };
    const handle = new EndedJob(runner, job, plan);
    const finished = job.ended ?? created ?? 0;
    return { dataDir, playbook: undefined, handle, created: created ?? finished, finished, ...(job.rc === undefined ? {} : { result: await handle.result }) };
  }
}

/** As its journal has it, if that can still be read. */
async function beginningOf({ artifactDir }: JobSummary, runner: Pick<Runner, "attach">): Promise<{ readonly command: readonly string[]; readonly created?: number }> {
  let created: number | undefined;
  try {
    const job = await runner.attach(artifactDir);
    for await (const entry of job.entries({ follow: false, types: ["status"] })) {
      created ??= Date.parse(entry.time);
      if (entry.type === "status" && entry.command !== undefined) return { command: entry.command, created };
      if (entry.type === "status" && entry.status === "running") break;
    }
  } catch {
    // A journal that is damaged says so to whoever reads it.
  }
  return { command: [], ...(created === undefined ? {} : { created }) };
}

import { randomUUID } from "node:crypto";
import { isFinal, RunnerError, type JobHandle, type JobPlan, type JobResult, type JobStatus, type Runner, type StartOptions } from "@distronode-runner/contract";
import pLimit from "p-limit";
import { limitsFrom, type Limits } from "../load/limits.ts";
import type { PlaybookRequest } from "./job-order.ts";
import { WaitingJob } from "./waiting-job.ts";

/** What the server asks of a job, whether it runs here or has ended before. */
export interface ListedJob extends Pick<JobHandle, "ident" | "result" | "entries" | "output" | "cancel" | "answer"> {
  readonly status: JobStatus;
  readonly rc?: number | undefined;
  readonly question?: string | undefined;
  readonly plan: ListedPlan;
  /** Rejects if there is nothing to read it from any more. Absent: there always is. */
  readable?(): Promise<unknown>;
}

export type ListedPlan = Pick<JobPlan, "command" | "privateDataDir" | "runs" | "ownerGone" | "warnings"> & {
  readonly execution: { readonly kind: "host" } | { readonly kind: "container"; readonly engine: string; readonly image: string };
};

/** A job that this process started or is going to, or took over from a runner that was killed; or one that had ended before. */
export interface JobRecord {
  readonly dataDir: string;
  /** Undefined: it was not started here. */
  readonly playbook: string | undefined;
  readonly handle: ListedJob;
  /** Milliseconds since 1970. */
  readonly created: number;
  finished?: number;
  result?: JobResult;
}

export interface RegistryOptions {
  readonly now?: () => number;
  /** Finished jobs beyond this number are forgotten, oldest first; their artifacts stay. */
  readonly keep?: number;
  readonly limits?: Partial<Pick<Limits, "jobs" | "queue" | "starts">>;
}

type Admission = Pick<StartOptions, "admit">;

/** Its place among those that wait, and how it begins. */
interface Turn {
  readonly job: WaitingJob;
  readonly start: () => Promise<JobHandle>;
}

/** The jobs of this process, in memory, newest last. As many run at once as the limits allow; the others wait, in order, and beyond that none is taken. */
export class JobRegistry {
  readonly #runner: Runner;
  readonly #now: () => number;
  readonly #keep: number;
  readonly #limits: Pick<Limits, "jobs" | "queue">;
  /** Planning and starting are bursts of work in this process: with all at once, nobody else would be answered. */
  readonly #few: ReturnType<typeof pLimit>;
  readonly #jobs = new Map<string, JobRecord>();
  /** Idents of jobs that are not listed yet. */
  readonly #arriving = new Set<string>();
  readonly #turns: Turn[] = [];
  /** Jobs that are being started, or planned for the queue, and are not listed yet. */
  #beginning = 0;
  #queueing = 0;
  #closing = false;

  constructor(runner: Runner, { now = Date.now, keep = 1000, limits }: RegistryOptions = {}) {
    this.#runner = runner;
    this.#now = now;
    this.#keep = keep;
    this.#limits = limitsFrom(limits);
    this.#few = pLimit(limitsFrom(limits).starts);
  }

  /** Starts a job, or has it wait for its turn. Rejects when the request can not be carried out, also if it would have to wait. */
  async start(dataDir: string, asked: PlaybookRequest, admission: Admission = {}): Promise<JobRecord> {
    if (this.#closing) throw new RunnerError("ENGINE_UNAVAILABLE", "The server is stopping and takes no more jobs.");
    const ident = asked.ident ?? randomUUID();
    if (this.#isBusy(ident)) throw new RunnerError("JOB_CONFLICT", `The job ${ident} is still running.`, { location: { key: "ident" } });
    const request = { ...asked, ident };
    this.#arriving.add(ident);
    try {
      return await this.#take({ dataDir, playbook: asked.playbook, created: this.#now() }, request, admission);
    } finally {
      this.#arriving.delete(ident);
      this.#next();
    }
  }

  async #take(job: Omit<JobRecord, "handle">, request: PlaybookRequest, admission: Admission): Promise<JobRecord> {
    const start = (): Promise<JobHandle> => this.#few(() => this.#runner.start(request, admission));
    if (this.#running() < this.#limits.jobs && this.#turns.length === 0) {
      this.#beginning += 1;
      try {
        return this.#add({ ...job, handle: await start() });
      } finally {
        this.#beginning -= 1;
      }
    }
    if (this.#turns.length + this.#queueing >= this.#limits.queue) {
      throw new RunnerError("TOO_MANY_REQUESTS", `The server runs ${this.#limits.jobs} jobs at once, and ${this.#limits.queue} wait already.`, { hint: "Ask again when Retry-After is over." });
    }
    this.#queueing += 1;
    try {
      const waiting = new WaitingJob(await this.#few(() => this.#runner.plan(request, admission)), this.#now);
      this.#turns.push({ job: waiting, start });
      return this.#add({ ...job, handle: waiting });
    } finally {
      this.#queueing -= 1;
    }
  }

  /** Lists a job that this process has taken over. False if another one of that ident is running. */
  adopt(dataDir: string, handle: JobHandle, created: number): boolean {
    if (this.#isBusy(handle.ident)) return false;
    this.#add({ dataDir, playbook: undefined, created, handle });
    return true;
  }

  /** Lists jobs that had ended before, the last one first: before those of this process, and none in place of one of these. */
  remember(ended: readonly JobRecord[]): void {
    const listed = this.list();
    const free = new Map(ended.toReversed().filter(({ handle: { ident } }) => !this.#jobs.has(ident) && !this.#arriving.has(ident)).map((job) => [job.handle.ident, job]));
    this.#jobs.clear();
    for (const job of [...free.values(), ...listed]) this.#jobs.set(job.handle.ident, job);
    this.#forget();
  }

  /** Whether a job of this ident is listed, or about to be. */
  knows(ident: string): boolean {
    return this.#jobs.has(ident) || this.#arriving.has(ident);
  }

  get(ident: string): JobRecord {
    const job = this.#jobs.get(ident);
    if (job === undefined) throw new RunnerError("JOB_NOT_FOUND", `No job of this server has the ident ${ident}.`);
    return job;
  }

  list(): readonly JobRecord[] {
    return [...this.#jobs.values()];
  }

  /** All but those that are to go on without a runner, which this process has only looked after. */
  async cancelAll(options: { readonly force?: boolean } = {}): Promise<void> {
    await Promise.all(this.list().flatMap((job) => (job.finished !== undefined || outlives(job) ? [] : [job.handle.cancel(options)])));
  }

  /** Takes no more jobs, and stops those that run, as `cancelAll` does. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.cancelAll();
  }

  #isBusy(ident: string): boolean {
    const job = this.#jobs.get(ident);
    return this.#arriving.has(ident) || (job !== undefined && !isFinal(job.handle.status));
  }

  #running(): number {
    return this.#beginning + this.list().filter(({ finished, handle }) => finished === undefined && !(handle instanceof WaitingJob && handle.waits)).length;
  }

  /** Begins what waits, as far as there is room. */
  #next(): void {
    while (this.#turns.length > 0 && this.#running() < this.#limits.jobs) {
      const { job, start } = this.#turns.shift()!;
      if (job.waits) void job.begin(start);
    }
  }

  #add(job: JobRecord): JobRecord {
    const { ident, result } = job.handle;
    this.#jobs.delete(ident);
    this.#jobs.set(ident, job);
    void result.then((settled) => {
      job.result = settled;
      job.finished = this.#now();
      this.#turns.splice(0, this.#turns.length, ...this.#turns.filter((turn) => turn.job.waits));
      this.#forget();
      this.#next();
    });
    if (this.#closing && !outlives(job)) void job.handle.cancel();
    return job;
  }

  #forget(): void {
    const finished = this.list().filter((job) => job.finished !== undefined);
    for (const job of finished.slice(0, Math.max(0, finished.length - this.#keep))) this.#jobs.delete(job.handle.ident);
  }
}

function outlives({ playbook, handle }: JobRecord): boolean {
  return playbook === undefined && handle.plan.ownerGone === "continue";
}

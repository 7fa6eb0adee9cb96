import { isFinal, RunnerError, type JobHandle, type JobResult, type Runner } from "@distronode-runner/contract";
import type { PlaybookRequest } from "./job-order.ts";

/** A job that this process started, or took over from a runner that was killed. */
export interface JobRecord {
  readonly dataDir: string;
  /** Undefined: it was taken over. */
  readonly playbook: string | undefined;
  readonly handle: JobHandle;
  /** Milliseconds since 1970. */
  readonly created: number;
  finished?: number;
  result?: JobResult;
}

export interface RegistryOptions {
  readonly now?: () => number;
  /** Finished jobs beyond this number are forgotten, oldest first; their artifacts stay. */
  readonly keep?: number;
}

/** The jobs of this process, in memory, newest last. */
export class JobRegistry {
  readonly #runner: Runner;
  readonly #now: () => number;
  readonly #keep: number;
  readonly #jobs = new Map<string, JobRecord>();
  readonly #starting = new Set<string>();
  #closing = false;

  constructor(runner: Runner, { now = Date.now, keep = 1000 }: RegistryOptions = {}) {
    this.#runner = runner;
    this.#now = now;
    this.#keep = keep;
  }

  async start(dataDir: string, request: PlaybookRequest): Promise<JobRecord> {
    if (this.#closing) throw new RunnerError("ENGINE_UNAVAILABLE", "The server is stopping and takes no more jobs.");
    const { ident } = request;
    if (ident !== undefined && this.#isBusy(ident)) throw new RunnerError("JOB_CONFLICT", `The job ${ident} is still running.`, { location: { key: "ident" } });
    if (ident !== undefined) this.#starting.add(ident);
    try {
      return this.#add({ dataDir, playbook: request.playbook, created: this.#now(), handle: await this.#runner.start(request) });
    } finally {
      if (ident !== undefined) this.#starting.delete(ident);
    }
  }

  /** Lists a job that this process has taken over. False if another one of that ident is running. */
  adopt(dataDir: string, handle: JobHandle, created: number): boolean {
    if (this.#isBusy(handle.ident)) return false;
    this.#add({ dataDir, playbook: undefined, created, handle });
    return true;
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
    await Promise.all(this.list().flatMap((job) => (outlives(job) ? [] : [job.handle.cancel(options)])));
  }

  /** Takes no more jobs, and stops those that run, as `cancelAll` does. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.cancelAll();
  }

  #isBusy(ident: string): boolean {
    const job = this.#jobs.get(ident);
    return this.#starting.has(ident) || (job !== undefined && !isFinal(job.handle.status));
  }

  #add(job: JobRecord): JobRecord {
    const { ident, result } = job.handle;
    this.#jobs.delete(ident);
    this.#jobs.set(ident, job);
    void result.then((settled) => {
      job.result = settled;
      job.finished = this.#now();
      this.#forget();
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

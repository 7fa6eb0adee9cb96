import { isRunnerError, RunnerError, type AttachedJob, type EntryOptions, type FinalStatus, type JobResult, type JobSummary, type JournalEntry, type Runner } from "@distronode-runner/contract";
import type { ListedJob, ListedPlan } from "./job-registry.ts";

/** A job that had ended before the server knew of it. What it said is read from its artifacts, each time that somebody asks. */
export class EndedJob implements ListedJob {
  readonly ident: string;
  readonly status: FinalStatus;
  readonly rc: number | undefined;
  readonly plan: ListedPlan;
  readonly result: Promise<JobResult>;
  readonly #artifactDir: string;
  readonly #runner: Pick<Runner, "attach">;

  constructor(runner: Pick<Runner, "attach">, job: JobSummary & { readonly status: FinalStatus }, plan: ListedPlan) {
    this.ident = job.ident;
    this.status = job.status;
    this.rc = job.rc;
    this.plan = plan;
    this.result = Promise.resolve({ ident: job.ident, status: job.status, rc: job.rc ?? 1, artifactDir: job.artifactDir, events: job.events ?? 0, phases: {}, ...(job.error === undefined ? {} : { error: job.error }) });
    this.#artifactDir = job.artifactDir;
    this.#runner = runner;
  }

  cancel(): Promise<JobResult> {
    return this.result;
  }

  answer(): Promise<void> {
    return Promise.reject(new RunnerError("REQUEST_INVALID", `The job ${this.ident} takes no answer: it has ended.`));
  }

  readable(): Promise<unknown> {
    return this.#attach();
  }

  async *entries(options: EntryOptions = {}): AsyncGenerator<JournalEntry> {
    yield* (await this.#attach()).entries(options);
  }

  async *output(options: Parameters<AttachedJob["output"]>[0] = {}): AsyncGenerator<Uint8Array> {
    yield* (await this.#attach()).output(options);
  }

  /** By its artifacts: jobs of several directories may have its ident. Nobody's place is taken, for it has ended. */
  async #attach(): Promise<AttachedJob> {
    try {
      return await this.#runner.attach(this.#artifactDir);
    } catch (error) {
      if (!isRunnerError(error) || error.code !== "JOB_NOT_FOUND") throw error;
      throw new RunnerError("JOB_NOT_FOUND", `The artifacts of the job ${this.ident} are gone.`, { cause: error });
    }
  }
}

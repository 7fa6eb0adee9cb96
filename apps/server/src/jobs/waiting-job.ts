import { asRunnerError, isFinal, RunnerError, type EntryOptions, type ErrorRecord, type FactCache, type FinalStatus, type JobEvent, type JobHandle, type JobPlan, type JobResult, type JobStats, type JobStatus, type JournalEntry } from "@distronode-runner/contract";

/** A job that waits for its turn, and is the job itself from then on. Readers can come before there is anything to read. */
export class WaitingJob implements JobHandle {
  readonly ident: string;
  readonly result: Promise<JobResult>;
  readonly #planned: JobPlan;
  readonly #now: () => number;
  readonly #done = Promise.withResolvers<JobResult>();
  /** The job, or undefined if there came to be none. */
  readonly #begun = Promise.withResolvers<JobHandle | undefined>();
  #job: JobHandle | undefined;
  #ended: JobResult | undefined;
  #beginning = false;
  #canceled: { readonly force: boolean } | undefined;

  constructor(planned: JobPlan, now: () => number) {
    this.ident = planned.ident;
    this.#planned = planned;
    this.#now = now;
    this.result = this.#done.promise;
  }

  /** Whether its turn has not come, and it has not been canceled. */
  get waits(): boolean {
    return !this.#beginning && this.#ended === undefined;
  }

  /** Its turn. What goes wrong becomes the job's result. */
  async begin(start: () => Promise<JobHandle>): Promise<void> {
    this.#beginning = true;
    try {
      this.#job = await start();
    } catch (error) {
      const { exitCode, ...record } = withCode(error);
      this.#end("error", exitCode, record);
      return;
    }
    this.#begun.resolve(this.#job);
    void this.#job.result.then(this.#done.resolve);
    if (this.#canceled !== undefined) void this.#job.cancel(this.#canceled);
  }

  get plan(): JobPlan {
    return this.#job?.plan ?? this.#planned;
  }

  get artifactDir(): string {
    return this.plan.artifactDir;
  }

  get status(): JobStatus {
    return this.#job?.status ?? this.#ended?.status ?? "unstarted";
  }

  get rc(): number | undefined {
    return this.#job?.rc ?? this.#ended?.rc;
  }

  get question(): string | undefined {
    return this.#job?.question;
  }

  cancel(options: { readonly force?: boolean } = {}): Promise<JobResult> {
    if (this.#job !== undefined) return this.#job.cancel(options);
    this.#canceled = { force: (options.force ?? false) || (this.#canceled?.force ?? false) };
    if (this.waits) this.#end("canceled", 254);
    return this.result;
  }

  async answer(line: string): Promise<void> {
    if (this.#job === undefined) throw new RunnerError("REQUEST_INVALID", `The job ${this.ident} takes no answer: it does not run.`);
    await this.#job.answer(line);
  }

  async *entries(options: EntryOptions = {}): AsyncGenerator<JournalEntry> {
    const job = await this.#there(options);
    if (job !== undefined) yield* job.entries(options);
    else for (const entry of this.#lastEntries()) if (entry.seq >= (options.from ?? 1) && options.types?.includes(entry.type) !== false) yield entry;
  }

  async *output(options: { readonly follow?: boolean; readonly signal?: AbortSignal } = {}): AsyncGenerator<Uint8Array> {
    const job = await this.#there(options);
    if (job !== undefined) yield* job.output(options);
  }

  async *events(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<JobEvent> {
    const job = await this.#there(options);
    if (job !== undefined) yield* job.events(options);
  }

  async *hostEvents(host: string): AsyncGenerator<JobEvent> {
    const job = await this.#begun.promise;
    if (job !== undefined) yield* job.hostEvents(host);
  }

  async stdout(): Promise<string> {
    return (await this.#begun.promise)?.stdout() ?? "";
  }

  async stderr(): Promise<string> {
    return (await this.#begun.promise)?.stderr() ?? "";
  }

  async stats(): Promise<JobStats | undefined> {
    return (await this.#begun.promise)?.stats();
  }

  get facts(): FactCache {
    if (this.#job === undefined) throw new RunnerError("REQUEST_INVALID", `The job ${this.ident} has no facts: it does not run.`);
    return this.#job.facts;
  }

  /** The job to read from; undefined: there is none, or none yet for a reader that does not wait. */
  async #there({ follow = true, signal }: { readonly follow?: boolean; readonly signal?: AbortSignal }): Promise<JobHandle | undefined> {
    if (this.#job !== undefined || this.#ended !== undefined || !follow) return this.#job;
    signal?.throwIfAborted();
    const { promise, reject } = Promise.withResolvers<never>();
    const leave = (): void => reject(signal?.reason as Error);
    signal?.addEventListener("abort", leave, { once: true });
    return Promise.race([this.#begun.promise, promise]).finally(() => signal?.removeEventListener("abort", leave));
  }

  #end(status: FinalStatus, rc: number, error?: ErrorRecord): void {
    this.#ended = { ident: this.ident, status, rc, artifactDir: this.#planned.artifactDir, events: 0, phases: {}, ...(error === undefined ? {} : { error }) };
    this.#begun.resolve(undefined);
    this.#done.resolve(this.#ended);
  }

  /** What a journal would end with, of a job that has none. */
  #lastEntries(): readonly JournalEntry[] {
    if (this.#ended === undefined || !isFinal(this.#ended.status)) return [];
    const { status, rc, error } = this.#ended;
    const time = new Date(this.#now()).toISOString();
    return [
      { seq: 1, time, type: "status", status, runner_ident: this.ident, rc, ...(error === undefined ? {} : { error }) },
      { seq: 2, time, type: "end", entries: 2, events: 0, stdoutBytes: 0 },
    ] as readonly JournalEntry[];
  }
}

function withCode(error: unknown): ErrorRecord & { readonly exitCode: number } {
  const known = asRunnerError(error);
  // What a defect says stays in the log.
  return known.code === "INTERNAL" ? { code: "INTERNAL", message: "The server hit a defect when the job's turn came.", exitCode: known.exitCode } : { ...known.toJSON(), exitCode: known.exitCode };
}

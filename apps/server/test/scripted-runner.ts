import { eventText, isFinal, RunnerError, type EffectiveSetting, type EntryOptions, type JobHandle, type JobPlan, type JobRequest, type JobResult, type JobStatus, type JournalEntry, type Runner } from "@distronode-runner/contract";

type Unnumbered<T> = T extends JournalEntry ? Omit<T, "seq" | "time"> : never;

function unused(): never {
  throw new Error("The server is not meant to use this.");
}

/** A job that does what the test says, entry by entry. */
export class ScriptedJob implements JobHandle {
  readonly ident: string;
  readonly plan: JobPlan;
  readonly cancels: boolean[] = [];
  status: JobStatus = "running";
  rc: number | undefined;
  question: string | undefined;
  /** What was answered. */
  readonly answers: string[] = [];
  readers = 0;
  readonly #entries: JournalEntry[] = [];
  readonly #done = Promise.withResolvers<JobResult>();
  #more = Promise.withResolvers<void>();
  #lines = 0;

  constructor(request: JobRequest, more: Partial<JobPlan> = {}) {
    this.ident = request.ident ?? `job-${Math.random().toString(36).slice(2)}`;
    this.plan = { ...plan(request, this.ident), ...more };
    this.#append({ type: "status", status: "running", runner_ident: this.ident });
  }

  // The server reads entries and output alone.
  readonly events: JobHandle["events"] = unused;
  readonly hostEvents: JobHandle["hostEvents"] = unused;
  readonly stdout: JobHandle["stdout"] = unused;
  readonly stderr: JobHandle["stderr"] = unused;
  readonly stats: JobHandle["stats"] = unused;
  readonly facts: JobHandle["facts"] = { get: unused, set: unused };

  get artifactDir(): string {
    return this.plan.artifactDir;
  }

  get result(): Promise<JobResult> {
    return this.#done.promise;
  }

  say(text: string): void {
    const stdout = text.replace(/\n+$/, "");
    const start = this.#lines;
    this.#lines += text.split("\n").length - 1;
    this.#append({ type: "event", event: { uuid: "u", counter: 1, stdout, start_line: start, end_line: this.#lines, runner_ident: this.ident, event: "verbose", created: "" } });
  }

  answer(line: string): Promise<void> {
    if (this.question === undefined) return Promise.reject(new RunnerError("REQUEST_INVALID", `The job ${this.ident} takes no answer: it has no terminal.`));
    this.question = undefined;
    this.answers.push(line);
    return Promise.resolve();
  }

  finish(status: JobResult["status"], rc: number): void {
    if (isFinal(this.status)) return;
    this.status = status;
    this.rc = rc;
    this.#append({ type: "status", status, runner_ident: this.ident, rc });
    this.#append({ type: "end", entries: this.#entries.length + 1, events: 0, stdoutBytes: 0 });
    this.#done.resolve({ ident: this.ident, status, rc, artifactDir: this.plan.artifactDir, events: 0, phases: {} });
  }

  cancel({ force = false }: { readonly force?: boolean } = {}): Promise<JobResult> {
    this.cancels.push(force);
    this.finish("canceled", 254);
    return this.result;
  }

  async *output(options: EntryOptions = {}): AsyncGenerator<Uint8Array> {
    for await (const entry of this.entries(options)) if (entry.type === "event") yield Buffer.from(eventText(entry.event));
  }

  async *entries({ from = 1, follow = true, signal }: EntryOptions = {}): AsyncGenerator<JournalEntry> {
    const aborted = new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
    this.readers += 1;
    try {
      for (let at = from - 1; signal?.aborted !== true; ) {
        const entry = this.#entries[at];
        if (entry !== undefined) {
          yield entry;
          at += 1;
          if (entry.type === "end") return;
        } else if (!follow || this.#entries.at(-1)?.type === "end") {
          return;
        } else {
          await Promise.race([this.#more.promise, aborted]);
        }
      }
    } finally {
      this.readers -= 1;
    }
  }

  #append(entry: Unnumbered<JournalEntry>): void {
    this.#entries.push({ seq: this.#entries.length + 1, time: "2026-01-01T00:00:00.000Z", ...entry } as JournalEntry);
    const { resolve } = this.#more;
    this.#more = Promise.withResolvers();
    resolve();
  }
}

/** A runner whose jobs are scripted; `started` and `requests` are what it was asked for, in order. */
export class ScriptedRunner implements Runner {
  readonly started: ScriptedJob[] = [];
  jobs: Runner["jobs"] = () => Promise.resolve([]);
  attach: Runner["attach"] = unused;
  readonly remove: Runner["remove"] = unused;
  reconcile: Runner["reconcile"] = () => Promise.resolve([]);
  readonly requests: JobRequest[] = [];
  refuse: RunnerError | undefined;

  start(request: JobRequest): Promise<JobHandle> {
    if (this.refuse !== undefined) return Promise.reject(this.refuse);
    const job = new ScriptedJob(request);
    this.requests.push(request);
    this.started.push(job);
    return Promise.resolve(job);
  }

  plan(request: JobRequest): Promise<JobPlan> {
    return Promise.resolve(plan(request, request.ident ?? "planned"));
  }

  /** What the settings of all data directories say. */
  said: EffectiveSetting[] = [];

  settings(): Promise<readonly EffectiveSetting[]> {
    return Promise.resolve(this.said);
  }

  engines(): Promise<[]> {
    return Promise.resolve([]);
  }

  tryEngines(): Promise<[]> {
    return Promise.resolve([]);
  }

  images(): Promise<never> {
    return Promise.reject(new Error("Nothing is asked for images."));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function plan(request: JobRequest, ident: string): JobPlan {
  return {
    version: 1,
    ident,
    privateDataDir: request.privateDataDir,
    artifactDir: `${request.privateDataDir}/artifacts/${ident}`,
    factCache: `${request.privateDataDir}/artifacts/${ident}/fact_cache`,
    command: ["ansible-playbook", typeof request.playbook === "string" ? request.playbook : "-"],
    candidates: ["ansible-playbook"],
    cwd: request.privateDataDir,
    environment: {},
    files: {},
    mirrors: {},
    terminal: false,
    interactive: false,
    prompts: [],
    execution: { kind: "host" },
    clocks: { job: 0, idle: 0, prompt: 0, grace: 10, lease: 0 },
    ownerGone: "cancel",
    output: { json: false, quiet: false, suppressFiles: false, eventFiles: true, separateStderr: false, rotate: 0 },
    labels: {},
    warnings: [],
  };
}

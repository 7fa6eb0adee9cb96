import { join } from "node:path";
import { RunnerError, type AttachedJob, type EntryOptions, type JobResult, type JournalEntry } from "@distronode-runner/contract";
import { readRegular } from "@distronode-runner/safe-files";
import type { ControlReply, ControlRequest } from "../control/protocol.ts";
import { ToldJob } from "../views/told-job.ts";
import { entriesOf } from "./journal-file.ts";

export interface RemoteJobParts {
  readonly ident: string;
  readonly artifactDir: string;
  /** Undefined: nobody is there to be asked. */
  ask(request: ControlRequest): Promise<ControlReply | undefined>;
  /** Resolves when the job has a runner, or has ended. */
  ensureRunner(): Promise<void>;
}

/** A job that another process runs or ran: told by its artifacts, asked over its control socket. */
export class RemoteJob extends ToldJob implements AttachedJob {
  readonly ident: string;
  readonly artifactDir: string;
  readonly #parts: RemoteJobParts;
  #result: Promise<JobResult> | undefined;

  constructor(parts: RemoteJobParts) {
    super();
    this.ident = parts.ident;
    this.artifactDir = parts.artifactDir;
    this.#parts = parts;
  }

  entries(options: EntryOptions = {}): AsyncIterable<JournalEntry> {
    return entriesOf(join(this.artifactDir, "events.ndjson"), options, () => this.#parts.ensureRunner());
  }

  get result(): Promise<JobResult> {
    return (this.#result ??= this.#await());
  }

  async #await(): Promise<JobResult> {
    for await (const _ of this.entries());
    const path = join(this.artifactDir, "record.json");
    const record = await readRegular(path);
    if (record === undefined) throw new RunnerError("ARTIFACTS_DAMAGED", `${path} is not there, though the job has ended.`, { location: { file: path }, hint: "Nobody but the runner should touch a job's artifacts before it has ended." });
    return JSON.parse(record) as JobResult;
  }

  async cancel(options: { readonly force?: boolean } = {}): Promise<JobResult> {
    const request: ControlRequest = { do: "cancel", force: options.force ?? false };
    if ((await this.#parts.ask(request)) === undefined) {
      await this.#parts.ensureRunner();
      await this.#parts.ask(request);
    }
    return this.result;
  }

  async answer(text: string): Promise<void> {
    const reply = await this.#parts.ask({ do: "answer", text });
    if (reply === undefined) throw new RunnerError("REQUEST_INVALID", `The job ${this.ident} does not run, so nobody asks anything.`);
    if ("refused" in reply) throw new RunnerError("REQUEST_INVALID", reply.refused);
  }
}

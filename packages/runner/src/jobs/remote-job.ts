import { join } from "node:path";
import { isFinal, RunnerError, type AttachedJob, type EntryOptions, type FinalStatus, type JobResult, type JournalEntry, type StatusEntry } from "@distronode-runner/contract";
import type { ControlReply, ControlRequest } from "../control/protocol.ts";
import { damaged } from "../journal/damaged.ts";
import { ToldJob } from "../views/told-job.ts";
import { entriesOf } from "./journal-file.ts";
import { readRecord } from "./read-record.ts";

export interface RemoteJobParts {
  readonly ident: string;
  readonly artifactDir: string;
  /** Undefined: nobody is there to be asked. */
  ask(request: ControlRequest): Promise<ControlReply | undefined>;
  /** Resolves when the job has a runner, with false, or has ended, with true. */
  ensureRunner(): Promise<boolean>;
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
    let final: StatusEntry | undefined;
    let events = 0;
    for await (const entry of this.entries({ types: ["status", "end"] })) {
      if (entry.type === "status" && isFinal(entry.status)) final = entry;
      if (entry.type === "end") events = entry.events;
    }
    if (final === undefined) throw damaged(join(this.artifactDir, "events.ndjson"), "the journal has an end, and does not tell how the job ended");
    // The journal decides; the record has what it does not tell.
    const { phases = {}, clock } = (await readRecord(this.artifactDir)) ?? {};
    const { status, rc = 1, error } = final;
    return { ident: this.ident, status: status as FinalStatus, rc, artifactDir: this.artifactDir, events, phases, ...(error === undefined ? {} : { error }), ...(clock === undefined ? {} : { clock }) };
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

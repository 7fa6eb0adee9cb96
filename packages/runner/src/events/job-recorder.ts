import { eventLine, type ErrorRecord, type JobArtifacts, type JobEvent, type JobPlan, type JobStatus } from "@distronode-runner/contract";
import { createSplitter, type SplitItem, type Splitter } from "@distronode-runner/shim";
import type { Journal } from "../journal/journal.ts";
import { EnvelopeWriter, type Envelope } from "./envelope.ts";
import { Lines } from "./lines.ts";

/** Turns what the tool says into events, in the journal and in the artifacts at once. */
export class JobRecorder {
  readonly #journal: Journal;
  readonly #artifacts: JobArtifacts;
  readonly #json: boolean;
  readonly #envelopes: EnvelopeWriter;
  readonly #splitter: Splitter;
  readonly #lines = new Lines();
  readonly #eventFiles: boolean;
  #stdoutBytes = 0;

  /** `eventFiles`: false if somebody else decides which events get a file. */
  constructor(plan: JobPlan, token: string, journal: Journal, artifacts: JobArtifacts, host: { uuid(): string; now(): number }, eventFiles: boolean) {
    this.#journal = journal;
    this.#artifacts = artifacts;
    this.#json = plan.output.json;
    this.#envelopes = new EnvelopeWriter(plan.ident, () => host.uuid(), () => host.now());
    this.#splitter = createSplitter(token);
    this.#eventFiles = eventFiles;
  }

  stdout(bytes: Buffer): void {
    this.#take(this.#splitter.pushText(bytes));
  }

  event(id: number, json: Buffer): void {
    this.#take(this.#splitter.pushEvent(id, json));
  }

  stderr(bytes: Buffer): void {
    this.#artifacts.stderr(bytes);
  }

  /** The tool has said everything. */
  finish(): void {
    this.#take(this.#splitter.end());
    this.#verbose(this.#lines.flush());
  }

  get stdoutBytes(): number {
    return this.#stdoutBytes;
  }

  #take(items: Iterable<SplitItem>): void {
    for (const item of items) {
      if (item.kind === "text") {
        this.#verbose(this.#lines.push(item.text));
      } else {
        this.#verbose(this.#lines.flush());
        this.#record(this.#envelopes.event(item.json, item.text), item.text);
      }
    }
  }

  #verbose(lines: Iterable<Buffer>): void {
    for (const line of lines) this.#record(this.#envelopes.verbose(line), line);
  }

  #record(envelope: Envelope, text: Buffer): void {
    this.#stdoutBytes += text.length;
    this.#journal.append("event", `"event":${envelope.json}`);
    if (this.#eventFiles) this.#artifacts.event(envelope.counter, envelope.uuid, envelope.json);
    this.#artifacts.stdout(this.#json ? Buffer.from(eventLine(JSON.parse(envelope.json) as JobEvent)) : text);
  }

  status(status: JobStatus, ident: string, more: { readonly command?: readonly string[]; readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly rc?: number; readonly error?: ErrorRecord } = {}): void {
    this.#journal.append("status", JSON.stringify({ status, runner_ident: ident, ...more }).slice(1, -1));
  }

  notice(level: "info" | "warning" | "error", kind: string, message: string, details?: Readonly<Record<string, unknown>>): void {
    this.#journal.append("notice", JSON.stringify({ level, kind, message, ...(details === undefined ? {} : { details }) }).slice(1, -1));
  }
}

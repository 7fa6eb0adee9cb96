import { eventLine, type ErrorRecord, type JobArtifacts, type JobEvent, type JobPlan, type JobStatus } from "@distronode-runner/contract";
import { createSplitter, type SplitItem, type Splitter } from "@distronode-runner/shim";
import type { Journal } from "../journal/journal.ts";
import type { RedactedStream } from "../redact/redacted-stream.ts";
import type { Redactor } from "../redact/redactor.ts";
import { EnvelopeWriter, type Envelope } from "./envelope.ts";
import { Lines } from "./lines.ts";

/** Turns what the tool says into events, in the journal and in the artifacts at once, with the job's secrets masked. */
export class JobRecorder {
  readonly #journal: Journal;
  readonly #artifacts: JobArtifacts;
  readonly #json: boolean;
  readonly #envelopes: EnvelopeWriter;
  readonly #splitter: Splitter;
  readonly #lines = new Lines();
  readonly #redactor: Redactor;
  readonly #text: RedactedStream;
  readonly #stderr: RedactedStream;
  readonly #eventFiles: boolean;
  #stdoutBytes = 0;

  /** `eventFiles`: false if somebody else decides which events get a file. */
  constructor(plan: JobPlan, token: string, journal: Journal, artifacts: JobArtifacts, host: { uuid(): string; now(): number }, redactor: Redactor, eventFiles: boolean) {
    this.#journal = journal;
    this.#artifacts = artifacts;
    this.#json = plan.output.json;
    this.#envelopes = new EnvelopeWriter(plan.ident, () => host.uuid(), () => host.now());
    this.#splitter = createSplitter(token);
    this.#redactor = redactor;
    this.#text = redactor.stream();
    this.#stderr = redactor.stream();
    this.#eventFiles = eventFiles;
  }

  stdout(bytes: Buffer): void {
    this.#take(this.#splitter.pushText(bytes));
  }

  event(id: number, json: Buffer): void {
    this.#take(this.#splitter.pushEvent(id, json));
  }

  stderr(bytes: Buffer): void {
    this.#artifacts.stderr(this.#stderr.push(bytes));
  }

  /** The tool has said everything. */
  finish(): void {
    this.#take(this.#splitter.end());
    this.#endText();
    this.#artifacts.stderr(this.#stderr.flush());
  }

  get stdoutBytes(): number {
    return this.#stdoutBytes;
  }

  #take(items: Iterable<SplitItem>): void {
    for (const item of items) {
      if (item.kind === "text") {
        this.#verbose(this.#lines.push(this.#text.push(item.text)));
      } else {
        this.#endText();
        const text = this.#redactor.bytes(item.text);
        this.#record(this.#envelopes.event(this.#redactor.json(item.json), text), text);
      }
    }
  }

  /** Something else follows the text outside of events. */
  #endText(): void {
    this.#verbose(this.#lines.push(this.#text.flush()));
    this.#verbose(this.#lines.flush());
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
    this.#say("status", { status, runner_ident: ident, ...more });
  }

  notice(level: "info" | "warning" | "error", kind: string, message: string, details?: Readonly<Record<string, unknown>>): void {
    this.#say("notice", { level, kind, message, ...(details === undefined ? {} : { details }) });
  }

  #say(type: "status" | "notice", fields: object): void {
    this.#journal.append(type, this.#redactor.json(Buffer.from(JSON.stringify(fields))).toString().slice(1, -1));
  }
}

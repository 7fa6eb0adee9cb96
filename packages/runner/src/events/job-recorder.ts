import type { ErrorRecord, JobArtifacts, JobPlan, JobStatus } from "@distronode-runner/contract";
import { createSplitter, type SplitItem, type Splitter, type SplitterState } from "@distronode-runner/shim";
import type { Journal } from "../journal/journal.ts";
import type { RedactedStream, StreamState } from "../redact/redacted-stream.ts";
import type { Redactor } from "../redact/redactor.ts";
import { EnvelopeWriter, type Envelope, type Numbering } from "./envelope.ts";
import { Lines } from "./lines.ts";
import { eventUuid } from "./event-uuid.ts";

const lineEnd = Buffer.from("\n");

/** What a recorder remembers between two pieces. It may hold parts of secrets. */
export interface RecorderState {
  readonly numbering: Numbering;
  readonly splitter: SplitterState;
  readonly line: string;
  readonly text: StreamState;
  readonly stderr: StreamState;
  readonly stdoutBytes: number;
  readonly textFiles: number;
}

/**
 * So many lines of text outside of events get a file each, as the peer has it. A command that prints millions of them would fill the disk with files that help
 * nobody; the journal and `stdout` have all of them.
 */
export const mostTextFiles = 50_000;

export interface RecorderParts {
  readonly plan: JobPlan;
  readonly token: string;
  readonly journal: Pick<Journal, "append">;
  readonly artifacts: JobArtifacts;
  readonly redactor: Redactor;
  /** False if somebody else decides which events get a file. */
  readonly eventFiles: boolean;
}

/** Turns what the tool says into events, in the journal and in the artifacts at once, with the job's secrets masked. */
export class JobRecorder {
  readonly #journal: Pick<Journal, "append">;
  readonly #artifacts: JobArtifacts;
  readonly #json: boolean;
  readonly #envelopes: EnvelopeWriter;
  readonly #splitter: Splitter;
  readonly #lines: Lines;
  readonly #redactor: Redactor;
  readonly #text: RedactedStream;
  readonly #stderr: RedactedStream;
  readonly #eventFiles: boolean;
  #stdoutBytes: number;
  #textFiles: number;

  /** `from`: where another one was, which had the same parts. */
  constructor({ plan, token, journal, artifacts, redactor, eventFiles }: RecorderParts, from?: RecorderState) {
    this.#journal = journal;
    this.#artifacts = artifacts;
    this.#json = plan.output.json;
    this.#envelopes = new EnvelopeWriter(plan.ident, eventUuid(plan), from?.numbering);
    this.#splitter = createSplitter(token, from?.splitter);
    this.#lines = new Lines(Buffer.from(from?.line ?? "", "latin1"));
    this.#redactor = redactor;
    this.#text = redactor.stream(from?.text);
    this.#stderr = redactor.stream(from?.stderr);
    this.#eventFiles = eventFiles;
    this.#stdoutBytes = from?.stdoutBytes ?? 0;
    this.#textFiles = from?.textFiles ?? 0;
  }

  /** How large `state()` would be, roughly. */
  get held(): number {
    return this.#splitter.held;
  }

  state(): RecorderState {
    return {
      numbering: this.#envelopes.state,
      splitter: this.#splitter.state(),
      line: this.#lines.held.toString("latin1"),
      text: this.#text.state,
      stderr: this.#stderr.state,
      stdoutBytes: this.#stdoutBytes,
      textFiles: this.#textFiles,
    };
  }

  /** `time`: when it was said, in milliseconds since 1970. */
  stdout(bytes: Buffer, time: number): void {
    this.#take(this.#splitter.pushText(bytes), time);
  }

  event(id: number, json: Buffer, time: number): void {
    this.#take(this.#splitter.pushEvent(id, json), time);
  }

  stderr(bytes: Buffer): void {
    this.#artifacts.stderr(this.#stderr.push(bytes));
  }

  /** The tool has said everything. */
  finish(time: number): void {
    this.#take(this.#splitter.end(), time);
    this.#endText(time);
    this.#artifacts.stderr(this.#stderr.flush());
  }

  get stdoutBytes(): number {
    return this.#stdoutBytes;
  }

  #take(items: Iterable<SplitItem>, time: number): void {
    for (const item of items) {
      if (item.kind === "text") {
        this.#verbose(this.#lines.push(this.#text.push(item.text)), time);
      } else {
        this.#endText(time);
        const text = this.#redactor.bytes(item.text);
        this.#record(this.#envelopes.event(this.#redactor.event(item.json), text, time), text);
      }
    }
  }

  /** Something else follows the text outside of events. */
  #endText(time: number): void {
    this.#verbose(this.#lines.push(this.#text.flush()), time);
    this.#verbose(this.#lines.flush(), time);
  }

  #verbose(lines: Iterable<Buffer>, time: number): void {
    for (const line of lines) this.#record(this.#envelopes.verbose(line, time), line, this.#countTextFile());
  }

  /** Whether there is still to be a file for a line of text. */
  #countTextFile(): boolean {
    this.#textFiles += 1;
    if (this.#textFiles === mostTextFiles + 1 && this.#eventFiles) this.notice("info", "event_files_ended", `The job printed more than ${mostTextFiles} lines outside of events; those that follow get no file in job_events. The journal and stdout have all of them.`);
    return this.#textFiles <= mostTextFiles;
  }

  #record(envelope: Envelope, text: Buffer, file = true): void {
    this.#stdoutBytes += text.length;
    const { counter, uuid, json } = envelope;
    this.#journal.append("event", typeof json === "string" ? `"event":${json}` : ['"event":', ...json], "event");
    if (this.#eventFiles && file) this.#artifacts.event(counter, uuid, json);
    this.#artifacts.stdout(this.#json ? (typeof json === "string" ? Buffer.from(`${json}\n`) : Buffer.concat([...json, lineEnd])) : text);
  }

  status(status: JobStatus, ident: string, more: { readonly command?: readonly string[]; readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly rc?: number; readonly error?: ErrorRecord } = {}): void {
    this.#say("status", { status, runner_ident: ident, ...more }, `status ${status}`);
  }

  notice(level: "info" | "warning" | "error", kind: string, message: string, details?: Readonly<Record<string, unknown>>): void {
    this.#say("notice", { level, kind, message, ...(details === undefined ? {} : { details }) }, `notice ${kind}`);
  }

  #say(type: "status" | "notice", fields: object, key: string): void {
    this.#journal.append(type, this.#redactor.entry(Buffer.from(JSON.stringify(fields))).toString().slice(1, -1), key);
  }
}

import type { ErrorRecord } from "@distronode-runner/contract";
import { Automaton } from "./automaton.ts";
import { maskEntry, maskEvent } from "./json-texts.ts";
import { QuickSearch } from "./quick-search.ts";
import { RedactedStream, type StreamState } from "./redacted-stream.ts";
import { Scanner } from "./scanner.ts";
import { secretForms } from "./secret-forms.ts";

/** A larger text is looked at in pieces, to be kept as it is where there is nothing to mask. */
const pieceBytes = 256 * 1024;

/** Masks the secrets of one job, in whatever form they appear. Without secrets it costs nothing. */
export class Redactor {
  readonly #scanner: Scanner | undefined;

  constructor(secrets: readonly string[]) {
    const forms = secretForms(secrets);
    this.#scanner = forms.length === 0 ? undefined : new Scanner(new Automaton(forms), new QuickSearch(forms));
  }

  /** A whole text. */
  bytes(text: Buffer): Buffer {
    if (this.#scanner === undefined || text.length === 0) return text;
    const stream = this.stream();
    const parts: Buffer[] = [];
    for (let at = 0; at < text.length; at += pieceBytes) parts.push(stream.push(text.subarray(at, at + pieceBytes)));
    parts.push(stream.flush());
    return stream.masked === 0 ? text : Buffer.concat(parts);
  }

  text(text: string): string {
    if (this.#scanner === undefined || text === "") return text;
    const bytes = Buffer.from(text);
    const masked = this.bytes(bytes);
    return masked === bytes ? text : masked.toString();
  }

  /** An event as the callback wrote it. Masked are the texts in its data; its own fields, names of hosts and of actions, keys and numbers stay. */
  event(json: Buffer): Buffer {
    return this.#occursIn(json) ? maskEvent(json, (text) => this.#wellFormed(text)) : json;
  }

  /** Fields of an entry that the runner itself writes. Its words, keys and numbers stay. */
  entry(json: Buffer): Buffer {
    return this.#occursIn(json) ? maskEntry(json, (text) => this.#wellFormed(text)) : json;
  }

  /** A plain value, all its texts masked, but no keys. */
  value<T>(value: T): T {
    return this.#scanner === undefined ? value : (this.#values(value) as T);
  }

  error(record: ErrorRecord): ErrorRecord {
    return { ...this.value(record), code: record.code };
  }

  #values(value: unknown): unknown {
    if (typeof value === "string") return this.#wellFormed(value);
    if (Array.isArray(value)) return value.map((item) => this.#values(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#values(item)]));
  }

  /** Halves of characters, which stand for bytes that are no text, stay what they are. */
  #wellFormed(text: string): string {
    return text.isWellFormed() ? this.text(text) : text.split(/(\p{Surrogate})/u).map((part, index) => (index % 2 === 0 ? this.text(part) : part)).join("");
  }

  #occursIn(text: Buffer): boolean {
    return this.bytes(text) !== text;
  }

  /** For a text that comes in pieces. `from`: where another one was. */
  stream(from?: StreamState): RedactedStream {
    return new RedactedStream(this.#scanner, from);
  }
}

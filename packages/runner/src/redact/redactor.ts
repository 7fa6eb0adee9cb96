import { mask } from "@distronode-runner/core";
import { pieceBytes } from "../pieces.ts";
import { RedactedStream, type StreamState } from "./redacted-stream.ts";
import { secretForms, type SecretForms } from "./secret-forms.ts";

/** Masks the secrets of one job, in whatever form they appear. Without secrets it costs nothing. */
export class Redactor {
  readonly #forms: SecretForms;
  readonly #pattern: RegExp | undefined;

  constructor(secrets: readonly string[]) {
    this.#forms = secretForms(secrets);
    this.#pattern = patternOf(this.#forms);
  }

  /** A whole text. */
  bytes(text: Buffer): Buffer {
    if (this.#pattern === undefined || text.length === 0 || (text.length > pieceBytes && !this.#occursIn(text))) return text;
    const before = text.toString("latin1");
    const after = this.latin1(before);
    return after === before ? text : Buffer.from(after, "latin1");
  }

  /** Looks piece by piece, with what stands around each. */
  #occursIn(text: Buffer): boolean {
    const around = this.#forms.longest + 1;
    for (let at = 0; at < text.length; at += pieceBytes) {
      const window = text.toString("latin1", Math.max(0, at - around), Math.min(text.length, at + pieceBytes + around));
      if (window.search(this.#pattern!) !== -1) return true;
    }
    return false;
  }

  /** A whole text, one character a byte. */
  latin1(text: string): string {
    return this.#pattern === undefined ? text : text.replace(this.#pattern, mask);
  }

  text(text: string): string {
    return this.#pattern === undefined ? text : this.bytes(Buffer.from(text)).toString();
  }

  /** The text of a JSON value, which it stays. */
  json(text: Buffer): Buffer {
    const masked = this.bytes(text);
    if (masked === text || isJson(masked)) return masked;
    // A secret that is a number, or has signs of JSON itself: value by value.
    try {
      return Buffer.from(JSON.stringify(this.#values(JSON.parse(text.toString()))));
    } catch {
      return masked;
    }
  }

  /** A plain value, all its texts masked. */
  value<T>(value: T): T {
    return this.#pattern === undefined ? value : (this.#values(value) as T);
  }

  #values(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (typeof value === "number") return this.text(String(value)) === String(value) ? value : mask;
    if (Array.isArray(value)) return value.map((item) => this.#values(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.#values(item)]));
  }

  /** For a text that comes in pieces. `from`: where another one was. */
  stream(from?: StreamState): RedactedStream {
    return new RedactedStream(this.#pattern === undefined ? undefined : this, this.#forms, from);
  }
}

function patternOf({ anywhere, alone }: SecretForms): RegExp | undefined {
  const word = "[A-Za-z0-9_\\x80-\\xff]";
  const literal = (form: string): string => form.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const alternatives = [...anywhere.map(literal), ...alone.map((form) => `(?<!${word})${literal(form)}(?!${word})`)];
  return alternatives.length === 0 ? undefined : new RegExp(alternatives.join("|"), "g");
}

function isJson(text: Buffer): boolean {
  try {
    JSON.parse(text.toString());
    return true;
  } catch {
    return false;
  }
}

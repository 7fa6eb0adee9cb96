import { pieceBytes, piecesOf } from "../pieces.ts";
import type { SecretForms } from "./secret-forms.ts";

const nothing = Buffer.alloc(0);

/** What waits, and what it stands beside. One character a byte. */
export interface StreamState {
  readonly held: string;
  readonly last: string;
}

/** Masks a text that comes in pieces. Of each piece, only what may be the beginning of a secret waits for the next. */
export class RedactedStream {
  readonly #redactor: { latin1(text: string): string } | undefined;
  /** First character -> forms that begin with it. */
  readonly #byFirst = new Map<string, string[]>();
  readonly #longest: number;
  #held: string;
  /** The last character that was let through: whether a short secret stands alone depends on it. */
  #last: string;

  constructor(redactor: { latin1(text: string): string } | undefined, { anywhere, alone, longest }: SecretForms, from: StreamState = { held: "", last: "" }) {
    this.#redactor = redactor;
    this.#held = from.held;
    this.#last = from.last;
    for (const form of [...anywhere, ...alone]) this.#byFirst.set(form[0]!, [...(this.#byFirst.get(form[0]!) ?? []), form]);
    this.#longest = longest;
  }

  get state(): StreamState {
    return { held: this.#held, last: this.#last };
  }

  push(bytes: Buffer): Buffer {
    if (this.#redactor === undefined) return bytes;
    if (bytes.length <= pieceBytes) return this.#push(bytes);
    const pieces = [...piecesOf(bytes)];
    const masked = pieces.map((piece) => this.#push(piece));
    return masked.every((piece, index) => piece === pieces[index]) ? bytes : Buffer.concat(masked);
  }

  #push(piece: Buffer): Buffer {
    const text = this.#held + piece.toString("latin1");
    const end = this.#mayBegin(text);
    const whole = this.#held === "" && end === text.length;
    this.#held = text.slice(end);
    return this.#let(text.slice(0, end), whole ? piece : undefined);
  }

  /** What was held back: no more will come, or something else comes in between. */
  flush(): Buffer {
    const rest = this.#held;
    this.#held = "";
    const masked = this.#let(rest);
    this.#last = "";
    return masked;
  }

  /** `bytes`: the text's own, which are as good as a copy where there is nothing to mask. */
  #let(text: string, bytes?: Buffer): Buffer {
    if (this.#redactor === undefined || text === "") return nothing;
    const before = this.#last + text;
    const after = this.#redactor.latin1(before);
    const skipped = this.#last.length;
    this.#last = text.at(-1)!;
    return bytes !== undefined && after === before ? bytes : Buffer.from(after.slice(skipped), "latin1");
  }

  /** Where the text's end begins that may be the first part of a secret, or all of a short one. */
  #mayBegin(text: string): number {
    for (let at = Math.max(0, text.length - this.#longest); at < text.length; at += 1) {
      const forms = this.#byFirst.get(text[at]!);
      if (forms === undefined) continue;
      const end = text.slice(at);
      if (forms.some((form) => form.startsWith(end))) return at;
    }
    return text.length;
  }
}

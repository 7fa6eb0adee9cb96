import type { Form } from "./automaton.ts";

/** A window of this many bytes is the largest that is looked at. */
const widest = 12;
const prefix = 4;

/** Passes over text in which no form begins, most of it without a look (after Wu and Manber). */
export class QuickSearch {
  /** The shortest form's length, within a bound: so many bytes from a place on decide whether a form may begin there. */
  readonly window: number;
  /** By the last two bytes of a window: how far the next one may be. */
  readonly #skip: Uint8Array;
  readonly #begins = new Uint8Array(65_536);
  /** Bytes that forms begin with, and pairs of bytes that stand in what a window sees of a form. */
  readonly #first = new Uint8Array(256);
  readonly #pairs = new Uint8Array(65_536);

  constructor(forms: readonly Form[]) {
    this.window = Math.min(widest, ...forms.map(({ bytes }) => bytes.length));
    this.#skip = new Uint8Array(65_536).fill(this.window - 1);
    for (const { bytes } of forms) {
      this.#first[bytes[0]!] = 1;
      for (let at = 0; at <= this.window - 2; at += 1) {
        const block = bytes[at]! * 256 + bytes[at + 1]!;
        this.#pairs[block] = 1;
        this.#skip[block] = Math.min(this.#skip[block]!, this.window - 2 - at);
      }
      this.#begins[hash(bytes, 0)] = 1;
    }
  }

  /** Whether what stands before a place may be the beginning of a form, of which nothing stands before `start`. */
  mayEndAt(text: Buffer, end: number, start: number): boolean {
    if (end <= start) return false;
    const byte = text[end - 1]!;
    return this.#first[byte] === 1 || (end - 1 > start && this.#pairs[text[end - 2]! * 256 + byte] === 1);
  }

  /** The first place from `from` on where a form may begin; if there is none before `end`, one behind that or at the text's last window. */
  next(text: Buffer, from: number, end: number): number {
    const skip = this.#skip;
    const last = this.window - 1;
    const most = Math.min(end, text.length - last);
    let at = from;
    while (at < most) {
      const far = skip[text[at + last - 1]! * 256 + text[at + last]!]!;
      if (far !== 0) at += far;
      else if (this.#begins[hash(text, at)] === 1) return at;
      else at += 1;
    }
    return Math.max(at, end);
  }
}

/** Forms have at least four bytes. */
function hash(bytes: Buffer, at: number): number {
  return ((bytes[at]! ^ (bytes[at + prefix - 1]! << 5)) + (bytes[at + 1]! << 8) + bytes[at + 2]! * 31) & 0xffff;
}

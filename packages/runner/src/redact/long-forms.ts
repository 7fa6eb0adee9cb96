import { headBytes, type Form } from "./automaton.ts";
import { addRange, type Ranges } from "./ranges.ts";

const blank = 0x20;

/** Follows forms that are longer than what the automaton knows of them, from there on. */
export class LongForms {
  readonly #forms: readonly Form[];
  readonly #fallbacks = new Map<number, Int32Array>();

  constructor(forms: readonly Form[]) {
    this.#forms = forms;
  }

  /** One more byte for the long forms (after Knuth, Morris and Pratt); line breaks between two of their bytes do not count. */
  follow(tracked: Map<number, number>, text: Buffer, at: number, around: string, found: Ranges): void {
    const byte = text[at]!;
    for (const [form, before] of tracked) {
      const { bytes } = this.#forms[form]!;
      if (before < bytes.length && byte !== bytes[before] && isBreak(text, at, around)) {
        addRange(found, at - 1, at + 1);
        // Lines are wrapped at blanks, which are lost.
        let next = before;
        while (byte !== blank && bytes[next] === blank) next += 1;
        tracked.set(form, next);
        continue;
      }
      const fallback = this.#fallbackOf(form, bytes);
      let length = before === bytes.length ? fallback[before - 1]! : before;
      while (length > 0 && bytes[length] !== byte) length = fallback[length - 1]!;
      if (bytes[length] === byte) length += 1;
      if (length < headBytes) tracked.delete(form);
      else {
        tracked.set(form, length);
        addRange(found, at + 1 - length, at + 1);
      }
    }
  }

  #fallbackOf(form: number, bytes: Buffer): Int32Array {
    const known = this.#fallbacks.get(form);
    if (known !== undefined) return known;
    const fallback = new Int32Array(bytes.length);
    let length = 0;
    for (let at = 1; at < bytes.length; at += 1) {
      while (length > 0 && bytes[at] !== bytes[length]) length = fallback[length - 1]!;
      if (bytes[at] === bytes[length]) length += 1;
      fallback[at] = length;
    }
    this.#fallbacks.set(form, fallback);
    return fallback;
  }
}

/** A byte of a line break: its end, the blanks behind it, or what JSON writes for it. */
function isBreak(text: Buffer, at: number, around: string): boolean {
  const byte = text[at]!;
  if (byte === 0x0a || byte === 0x0d || byte === 0x5c) return true;
  const last = at > 0 ? text[at - 1]! : around === "" ? blank : around.charCodeAt(around.length - 1);
  if (byte === 0x6e || byte === 0x72) return last === 0x5c;
  return (byte === blank || byte === 0x09) && (last === 0x0a || last === 0x6e || last === blank || last === 0x09);
}

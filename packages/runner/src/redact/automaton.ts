/** A form to look for. */
export interface Form {
  readonly bytes: Buffer;
  /** Counts only between characters that belong to no word. */
  readonly alone: boolean;
}

/** So many bytes of a form are in the automaton. What is longer is compared byte by byte from there on. */
export const headBytes = 256;

const none = -1;

/**
 * All forms at once (Aho and Corasick): one step for each byte of a text, however many forms there are and whatever they look like. A state stands for
 * the longest end of the text that begins a form; state 0 for none.
 */
export class Automaton {
  readonly forms: readonly Form[];
  /** Length of what a state stands for. */
  readonly depth: Uint16Array;
  /** The form whose head a state is, or -1. */
  readonly #ends: Int32Array;
  /** The state of the longest shorter end that is the head of a form, or -1. */
  readonly #shorter: Int32Array;
  readonly #fail: Int32Array;
  readonly #root: Int32Array = new Int32Array(256);
  readonly #keys: Int32Array;
  readonly #states: Int32Array;
  readonly #mask: number;

  /** Of forms with the same head, which differ behind it, each is told. */
  readonly #siblings = new Map<number, number[]>();

  constructor(forms: readonly Form[]) {
    this.forms = forms;
    let most = 1;
    for (const { bytes } of forms) most += Math.min(bytes.length, headBytes);
    const slots = 2 ** Math.ceil(Math.log2(most * 2 + 2));
    this.#mask = slots - 1;
    this.#keys = new Int32Array(slots).fill(none);
    this.#states = new Int32Array(slots);
    const depth = new Uint16Array(most);
    const parent = new Int32Array(most);
    const byte = new Uint8Array(most);
    const ends = new Int32Array(most).fill(none);
    let count = 1;
    for (const [index, form] of forms.entries()) {
      let state = 0;
      const length = Math.min(form.bytes.length, headBytes);
      for (let at = 0; at < length; at += 1) {
        const next = form.bytes[at]!;
        const slot = this.#slot(state, next);
        if (this.#keys[slot] === none) {
          this.#keys[slot] = state * 256 + next;
          this.#states[slot] = count;
          if (state === 0) this.#root[next] = count;
          depth[count] = at + 1;
          parent[count] = state;
          byte[count] = next;
          count += 1;
        }
        state = this.#states[slot]!;
      }
      if (ends[state] === none) ends[state] = index;
      else this.#siblings.set(state, [...(this.#siblings.get(state) ?? []), index]);
    }
    this.depth = depth.subarray(0, count);
    this.#ends = ends.subarray(0, count);
    this.#fail = new Int32Array(count);
    this.#shorter = new Int32Array(count).fill(none);
    this.#link(parent, byte, count);
  }

  /** From short to long: what a state falls back to is known before it. */
  #link(parent: Int32Array, byte: Uint8Array, count: number): void {
    const byDepth = Array.from({ length: headBytes + 1 }, (): number[] => []);
    for (let state = 1; state < count; state += 1) byDepth[this.depth[state]!]!.push(state);
    for (const states of byDepth) {
      for (const state of states) {
        const back = this.depth[state] === 1 ? 0 : this.step(this.#fail[parent[state]!]!, byte[state]!);
        this.#fail[state] = back;
        this.#shorter[state] = this.#ends[back] === none ? this.#shorter[back]! : back;
      }
    }
  }

  /** The state after one more byte. */
  step(from: number, byte: number): number {
    for (let state = from; state !== 0; state = this.#fail[state]!) {
      const slot = this.#slot(state, byte);
      if (this.#keys[slot] !== none) return this.#states[slot]!;
    }
    return this.#root[byte]!;
  }

  /** Whether the head of any form ends in this state. */
  says(state: number): boolean {
    return this.#ends[state] !== none || this.#shorter[state] !== none;
  }

  /** The forms whose heads end in this state, the longest first, as long as the callback wants more. */
  told(state: number, wants: (form: number) => boolean): void {
    for (let at = this.#ends[state] === none ? this.#shorter[state]! : state; at !== none; at = this.#shorter[at]!) {
      let more = wants(this.#ends[at]!);
      for (const sibling of this.#siblings.get(at) ?? []) more = wants(sibling) && more;
      if (!more) return;
    }
  }

  /** Where an edge is kept, or the free place for it. */
  #slot(state: number, byte: number): number {
    const key = state * 256 + byte;
    let slot = (Math.imul(key, 0x9e3779b1) >>> 7) & this.#mask;
    while (this.#keys[slot] !== none && this.#keys[slot] !== key) slot = (slot + 1) & this.#mask;
    return slot;
  }
}

import type { QuickSearch } from "./quick-search.ts";

const backslash = 0x5c;

/** Goes to the next place of a text that has to be read byte by byte: where a form may begin, also one that a line break or the text's end cuts off. */
export class Leap {
  readonly #text: Buffer;
  readonly #search: QuickSearch;
  /** The next line's end as it is, and as JSON has it. */
  #plain = -1;
  #escaped = -1;
  /** Up to here the text has to be read. */
  walk = 0;

  constructor(text: Buffer, search: QuickSearch) {
    this.#text = text;
    this.#search = search;
  }

  /** `start`: nothing that began before it is going on. */
  from(start: number): number {
    const { length } = this.#text;
    let at = start;
    for (let from = start; ; ) {
      const end = this.#nextBreak(from);
      if (at < end) at = this.#search.next(this.#text, at, end);
      if (at < end) return at;
      if (this.#search.mayEndAt(this.#text, end, start)) {
        this.walk = Math.min(length, end + 1);
        return Math.max(start, end - this.#search.window + 1);
      }
      if (end >= length) return length;
      from = end + 1;
    }
  }

  /** Where the next line break begins; the text's end if there is none. */
  #nextBreak(from: number): number {
    const text = this.#text;
    const { length } = text;
    if (this.#plain < from) this.#plain = orEnd(text.indexOf(0x0a, from), length);
    if (this.#escaped < from) this.#escaped = orEnd(this.#escapedEnd(from), length);
    const place = this.#plain < this.#escaped && this.#plain > from && text[this.#plain - 1] === 0x0d ? this.#plain - 1 : Math.min(this.#plain, this.#escaped);
    return place;
  }

  /** The first backslash of `\n` or `\r`. */
  #escapedEnd(from: number): number {
    const text = this.#text;
    for (let at = text.indexOf(backslash, from); at !== -1; at = text.indexOf(backslash, at)) {
      const first = at;
      while (text[at] === backslash) at += 1;
      if (at >= text.length || text[at] === 0x6e || text[at] === 0x72) return first;
    }
    return -1;
  }
}

const orEnd = (place: number, end: number): number => (place === -1 ? end : place);

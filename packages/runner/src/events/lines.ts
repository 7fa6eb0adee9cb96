const lineEnd = 0x0a;
/** A longer line is passed on in pieces. */
const maximumLine = 1024 * 1024;

/** Cuts raw text into lines, each with its end; an unfinished one waits for the rest or for `flush`. */
export class Lines {
  #parts: Buffer[];
  #bytes: number;

  /** `held`: the beginning of a line, from another one. */
  constructor(held: Buffer = Buffer.alloc(0)) {
    this.#parts = held.length === 0 ? [] : [held];
    this.#bytes = held.length;
  }

  *push(chunk: Buffer): Iterable<Buffer> {
    let start = 0;
    for (let end = chunk.indexOf(lineEnd); end !== -1; end = chunk.indexOf(lineEnd, start)) {
      yield this.#take(chunk.subarray(start, end + 1));
      start = end + 1;
    }
    if (start === chunk.length) return;
    const rest = chunk.subarray(start);
    if (this.#bytes + rest.length > maximumLine) {
      yield this.#take(rest);
      return;
    }
    this.#parts.push(rest);
    this.#bytes += rest.length;
  }

  /** The bytes of an unfinished line. */
  get held(): Buffer {
    return Buffer.concat(this.#parts);
  }

  /** What is left of an unfinished line. */
  *flush(): Iterable<Buffer> {
    if (this.#bytes > 0) yield this.#take(Buffer.alloc(0));
  }

  #take(last: Buffer): Buffer {
    const whole = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.#bytes = 0;
    return whole;
  }
}

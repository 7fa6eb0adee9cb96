const slabBytes = 256 * 1024;
/** So many bytes UTF-8 may need for a character of a string. */
const widest = 3;
/** Slabs kept for later: those that a usual pace needs. */
const keptSlabs = 4;

/** Encodes texts one after the other into few buffers, which are used again: at a gigabyte of them that is what keeps memory flat. */
export class LineBuffer {
  #full: Buffer[] = [];
  #slab: Buffer | undefined;
  #used = 0;
  readonly #spare: Buffer[] = [];
  readonly #slabs = new WeakSet<ArrayBufferLike>();
  /** Bytes added and not taken. */
  size = 0;

  /** Returns the text's size in bytes. Bytes are not copied. */
  add(text: string | Buffer): number {
    const most = text.length * widest;
    if (typeof text !== "string" || most > slabBytes) {
      this.#seal();
      const own = typeof text === "string" ? Buffer.from(text) : text;
      this.#full.push(own);
      this.size += own.length;
      return own.length;
    }
    if (this.#slab !== undefined && this.#used + most > slabBytes) this.#seal();
    this.#slab ??= this.#spare.pop() ?? this.#make();
    const bytes = this.#slab.write(text, this.#used);
    this.#used += bytes;
    this.size += bytes;
    return bytes;
  }

  #make(): Buffer {
    const slab = Buffer.allocUnsafeSlow(slabBytes);
    this.#slabs.add(slab.buffer);
    return slab;
  }

  /** All that was added, in order, each part whole texts. To be given back. */
  take(): readonly Buffer[] {
    this.#seal();
    const parts = this.#full;
    this.#full = [];
    this.size = 0;
    return parts;
  }

  /** A part that nobody reads any more. */
  giveBack(part: Buffer): void {
    if (this.#slabs.has(part.buffer) && this.#spare.length < keptSlabs) this.#spare.push(Buffer.from(part.buffer));
  }

  #seal(): void {
    if (this.#slab === undefined) return;
    this.#full.push(this.#slab.subarray(0, this.#used));
    this.#slab = undefined;
    this.#used = 0;
  }
}

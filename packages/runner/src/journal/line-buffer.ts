import { crc32 } from "node:zlib";

const slabBytes = 256 * 1024;
/** So many bytes UTF-8 may need for a character of a string. */
const widest = 3;
/** Slabs kept for later: those that a usual pace needs. */
const keptSlabs = 4;

const tail = Buffer.from(',"sum":"00000000"}\n');
const digitsAt = 8;
const digits = Buffer.from("0123456789abcdef");

/** Encodes texts one after the other into few buffers, which are used again: at a gigabyte of them that is what keeps memory flat. */
export class LineBuffer {
  #full: Buffer[] = [];
  #slab: Buffer | undefined;
  #used = 0;
  readonly #spare: Buffer[] = [];
  readonly #slabs = new WeakSet<ArrayBufferLike>();
  /** Bytes added and not taken. */
  size = 0;
  /** CRC-32 of what was added, up to `#summed` in the slab. */
  #sum = 0;
  #summed = 0;

  /** Returns the text's size in bytes. Bytes are not copied. */
  add(text: string | Buffer): number {
    const most = text.length * widest;
    if (typeof text !== "string" || most > slabBytes) {
      this.#seal();
      const own = typeof text === "string" ? Buffer.from(text) : text;
      this.#full.push(own);
      this.size += own.length;
      this.#sum = crc32(own, this.#sum);
      return own.length;
    }
    if (this.#slab !== undefined && this.#used + most > slabBytes) this.#seal();
    this.#slab ??= this.#spare.pop() ?? this.#make();
    const bytes = this.#slab.write(text, this.#used);
    this.#used += bytes;
    this.size += bytes;
    return bytes;
  }

  /** From what is added next on, `sum` goes on from this. */
  begin(sum: number): void {
    this.#sum = sum;
    this.#summed = this.#used;
  }

  /** CRC-32 of what was added since the beginning. */
  get sum(): number {
    // In one go where it can be: a call costs more than the bytes of a line.
    if (this.#summed < this.#used) this.#sum = crc32(this.#slab!.subarray(this.#summed, this.#used), this.#sum);
    this.#summed = this.#used;
    return this.#sum;
  }

  /** Ends a line: with its checksum, in the form that `LineCheck` knows. Returns the size in bytes. */
  addTail(sum: number): number {
    if (this.#slab !== undefined && this.#used + tail.length > slabBytes) this.#seal();
    const slab = (this.#slab ??= this.#spare.pop() ?? this.#make());
    slab.set(tail, this.#used);
    for (let digit = 0, at = this.#used + digitsAt; digit < 8; digit += 1) slab[at + digit] = digits[(sum >>> (28 - 4 * digit)) & 0xf]!;
    this.#used += tail.length;
    this.size += tail.length;
    return tail.length;
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
    this.#sum = this.sum;
    this.#summed = 0;
    this.#full.push(this.#slab.subarray(0, this.#used));
    this.#slab = undefined;
    this.#used = 0;
  }
}

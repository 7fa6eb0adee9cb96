import { crc32 } from "node:zlib";
import type { EndEntry, JournalEntry } from "@distronode-runner/contract";
import { damaged } from "./damaged.ts";

/** Between two lines of a journal: all that is needed to check what follows. */
export interface Place {
  /** Of the line before; 0 at the beginning. */
  readonly seq: number;
  readonly offset: number;
  /** Events before. */
  readonly events: number;
  /** Checksum of the line before. */
  readonly sum: number;
  /** Whether lines have checksums; undefined at the beginning: the first line tells. */
  readonly summed: boolean | undefined;
}

export const beginning: Place = { seq: 0, offset: 0, events: 0, sum: 0, summed: undefined };

/** `,"sum":"01234567"}`: so wide is the end of every line, whatever it holds. */
export const tailBytes = 18;
/** So far from its beginning a line has told its number and type; an `end` is not longer. */
const headBytes = 512;
/** Of these a number and a type are certain to be seen. */
const typeBytes = 96;

const slow = /^\{"seq":(\d+),"time":"[^"]*","type":"(\w+)"/;
const tailStart = Buffer.from(',"sum":"');

/**
 * Checks the lines of a journal as they come, in whatever pieces: numbers go up by one, checksums continue each other, the totals of `end` are right, nothing
 * comes after it. Nothing is parsed but the head of a line, and nothing is kept of a long one but its head and its end.
 */
export class LineCheck {
  readonly path: string;
  #place: Place;
  /** Where the file's `end` has been seen. */
  ended = false;
  /** Of the last line. */
  type: JournalEntry["type"] | undefined;
  #number = 0;
  // Of a line that is not complete: its first bytes, its last ones, the checksum of those between the beginning and the last ones, and how many there are.
  #head: Buffer = Buffer.alloc(0);
  #held: Buffer = Buffer.alloc(0);
  #crc = 0;
  #length = 0;

  constructor(path: string, place: Place = beginning) {
    this.path = path;
    this.#place = place;
  }

  /** Behind the last line that was complete and right. */
  get place(): Place {
    return this.#place;
  }

  /** A complete line, without its line end. */
  whole(bytes: Buffer, start: number, end: number): void {
    this.#open();
    this.#readHead(bytes, start, end);
    const tail = end - tailBytes;
    const given = tail < start ? undefined : sumIn(bytes, tail);
    // Without a checksum nothing is calculated: there is nothing to compare with.
    const sum = given === undefined ? 0 : crc32(bytes.subarray(start, tail), this.#place.sum);
    this.#close(given, sum, end - start, () => bytes.subarray(start, end));
  }

  /** A piece of a line whose end is not there yet. */
  part(bytes: Buffer): void {
    if (this.#length === 0) {
      this.#open();
      this.#crc = this.#place.sum;
    }
    if (this.#head.length < headBytes) this.#head = Buffer.concat([this.#head, bytes.subarray(0, headBytes - this.#head.length)]);
    this.#length += bytes.length;
    if (bytes.length >= tailBytes) {
      this.#crc = crc32(bytes.subarray(0, -tailBytes), crc32(this.#held, this.#crc));
      this.#held = Buffer.from(bytes.subarray(-tailBytes));
      return;
    }
    const held = Buffer.concat([this.#held, bytes]);
    const more = Math.max(0, held.length - tailBytes);
    this.#crc = crc32(held.subarray(0, more), this.#crc);
    this.#held = held.subarray(more);
  }

  /** The type of the line that is not complete, once that is known. */
  get partType(): JournalEntry["type"] | undefined {
    if (this.#length < typeBytes) return undefined;
    this.#readHead(this.#head, 0, this.#head.length);
    return this.type;
  }

  /** The last piece of a line that came in several. */
  last(bytes: Buffer): void {
    this.part(bytes);
    const [head, length] = [this.#head, this.#length];
    this.#readHead(head, 0, head.length);
    const given = this.#held.length < tailBytes ? undefined : sumIn(this.#held, 0);
    this.#close(given, this.#crc, length, () => head);
    this.forget();
  }

  /** What there is of a line that is not complete does not count. */
  forget(): void {
    this.#head = this.#held = Buffer.alloc(0);
    this.#length = 0;
  }

  #open(): void {
    if (this.ended) throw this.#fault("there is something after the journal's last entry");
  }

  #readHead(bytes: Buffer, start: number, end: number): void {
    let at = start + 7;
    let number = 0;
    for (let digit = bytes[at]! - 48; at < end && digit >= 0 && digit <= 9; digit = bytes[at]! - 48) {
      number = number * 10 + digit;
      at += 1;
    }
    // `,"time":"2026-01-31T12:00:00.000Z","type":"`
    const type = at + 43;
    if (type + 2 < end && bytes[start + 6] === 0x3a && bytes[at + 8] === 0x22 && bytes[at + 33] === 0x22 && bytes[type - 1] === 0x22) {
      const known = typeOf(bytes[type]!, bytes[type + 1]!);
      if (known !== undefined) {
        this.#number = number;
        this.type = known;
        return;
      }
    }
    const [, digits, name] = slow.exec(bytes.toString("latin1", start, Math.min(end, start + headBytes))) ?? [];
    if (digits === undefined) throw this.#fault(bytes.subarray(start, end).includes(0) ? "there are zero bytes where an entry should be" : "this is no entry of a journal");
    this.#number = Number(digits);
    this.type = name as JournalEntry["type"];
  }

  #close(given: number | undefined, sum: number, length: number, text: () => Buffer): void {
    const { seq, offset, events, sum: before, summed = given !== undefined } = this.#place;
    if (this.#number !== seq + 1) throw this.#fault(`entry ${this.#number} stands where entry ${seq + 1} should be`);
    if (summed && given === undefined) throw this.#fault("the entry has no checksum, or no end");
    if (!summed && given !== undefined) throw damaged(this.path, "the entry has no checksum, and later ones have", 1);
    if (given !== undefined && given !== sum) throw this.#fault(text().includes(0) ? "there are zero bytes in the entry" : "the entry is not what its checksum tells; it or one before it was changed");
    if (this.type === "end") this.#totals(text());
    this.#place = { seq: seq + 1, offset: offset + length + 1, events: this.type === "event" ? events + 1 : events, sum: given ?? before, summed };
  }

  #totals(line: Buffer): void {
    const { seq, offset, events } = this.#place;
    const end = parse(line.toString()) as Partial<EndEntry> | undefined;
    if (end?.entries !== seq + 1 || end.events !== events || (end.bytes ?? offset) !== offset) throw this.#fault(`the last entry's totals are not those of the journal, which has ${seq + 1} entries, ${events} events and ${offset} bytes before it`);
    this.ended = true;
  }

  #fault(what: string): Error {
    return damaged(this.path, what, this.#place.seq + 1);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function typeOf(first: number, second: number): JournalEntry["type"] | undefined {
  if (first === 0x65) return second === 0x76 ? "event" : second === 0x6e ? "end" : undefined;
  return first === 0x73 ? "status" : first === 0x6e ? "notice" : undefined;
}

/** The checksum that a line's last bytes give; undefined if they give none. */
function sumIn(bytes: Buffer, at: number): number | undefined {
  for (let index = 0; index < tailStart.length; index += 1) if (bytes[at + index] !== tailStart[index]) return undefined;
  if (bytes[at + 16] !== 0x22 || bytes[at + 17] !== 0x7d) return undefined;
  let sum = 0;
  for (let index = at + 8; index < at + 16; index += 1) {
    const byte = bytes[index]!;
    const digit = byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : undefined;
    if (digit === undefined) return undefined;
    sum = sum * 16 + digit;
  }
  return sum;
}

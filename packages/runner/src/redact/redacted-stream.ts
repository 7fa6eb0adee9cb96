import { mask } from "@distronode-runner/core";
import type { LongMatch, Scanner } from "./scanner.ts";
import { contextBytes } from "./stands-alone.ts";

const nothing = Buffer.alloc(0);

const masked: Buffer = Buffer.from(mask);

/** What waits, and what it stands beside. One character a byte. */
export interface StreamState {
  readonly held: string;
  readonly last: string;
  /** So many bytes of what waits belong to a secret that has been masked. */
  readonly covered?: number;
  /** Long secrets of which a part has come. */
  readonly long?: readonly { readonly form: string; readonly length: number }[];
}

/** Masks a text that comes in pieces. Of each piece, only what may be the beginning of a secret waits for the next. */
export class RedactedStream {
  readonly #scanner: Scanner | undefined;
  #held: Buffer;
  /** The last characters that were let through: whether a short secret stands alone depends on them. */
  #last: string;
  #covered: number;
  #long: readonly LongMatch[];
  #masked = 0;

  constructor(scanner: Scanner | undefined, from: StreamState = { held: "", last: "" }) {
    this.#scanner = scanner;
    this.#held = Buffer.from(from.held, "latin1");
    this.#last = from.last;
    this.#covered = from.covered ?? 0;
    this.#long = scanner?.known(from.long ?? []) ?? [];
  }

  get state(): StreamState {
    return { held: this.#held.toString("latin1"), last: this.#last, ...(this.#covered === 0 ? {} : { covered: this.#covered }), ...(this.#long.length === 0 ? {} : { long: this.#long.map(({ form, length }) => ({ form: this.#scanner!.nameOf(form), length })) }) };
  }

  /** How often something was masked. */
  get masked(): number {
    return this.#masked;
  }

  push(bytes: Buffer): Buffer {
    if (this.#scanner === undefined || bytes.length === 0) return bytes;
    return this.#scan(this.#scanner, this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]), false);
  }

  /** What was held back: no more will come, or something else comes in between. */
  flush(): Buffer {
    const rest = this.#scanner === undefined || this.#held.length === 0 ? nothing : this.#scan(this.#scanner, this.#held, true);
    this.#held = nothing;
    this.#last = "";
    this.#covered = 0;
    this.#long = [];
    return rest;
  }

  #scan(scanner: Scanner, text: Buffer, final: boolean): Buffer {
    const { ranges, open, long } = scanner.scan({ text, before: this.#last, covered: this.#covered, long: this.#long, longFrom: this.#held.length, final });
    const end = final ? text.length : open;
    const parts: Buffer[] = [];
    let at = 0;
    let covered = 0;
    for (let range = 0; range < ranges.length; range += 2) {
      const [from, to] = [ranges[range]!, ranges[range + 1]!];
      const goesOn = from < 0 || (range === 0 && this.#covered > 0);
      if (from >= end && !goesOn) break;
      if (from > at) parts.push(text.subarray(at, from));
      if (!goesOn) {
        parts.push(masked);
        this.#masked += 1;
      }
      at = Math.min(to, end);
      covered = Math.max(0, to - end);
    }
    if (at < end) parts.push(text.subarray(at, end));
    if (end > 0) this.#last = end >= contextBytes ? text.toString("latin1", end - contextBytes, end) : (this.#last + text.toString("latin1", 0, end)).slice(-contextBytes);
    this.#held = end === text.length ? nothing : Buffer.from(text.subarray(end));
    this.#covered = covered;
    this.#long = long;
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }
}

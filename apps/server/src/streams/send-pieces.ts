import type { Writable } from "node:stream";
import type { OpenPieces, Piece } from "./piece.ts";
import type { Slots } from "./slots.ts";

/** Written in parts, so that a reader that takes its time over a large entry is seen to take something. */
const partBytes = 64 * 1024;

/** Milliseconds that a reader may take nothing before what was read ahead for it is let go; the second where others wait. */
const parkAfter = [2000, 50] as const;

/** Milliseconds after which a reader that catches up makes room for one that waits. */
const slice = 250;

/** After so many milliseconds, and so many rounds of the event loop in which a read could have ended, there is nothing to read at the moment. */
const newsAfter = { milliseconds: 20, rounds: 10 } as const;

export interface Sending {
  /** Number of the first entry. */
  readonly from: number;
  readonly signal: AbortSignal;
  /** For those that catch up; who waits for news needs none. */
  readonly slots: Slots;
}

/**
 * Writes pieces as fast as they are taken. For a reader that does not take them nothing is kept but the place where it is: the journal is closed, and opened again
 * there when the reader goes on. Rejects when the source does, or the signal is aborted.
 */
export async function sendPieces(target: Writable, open: OpenPieces, { from, signal, slots }: Sending): Promise<void> {
  let place: Place | undefined = { from, skip: 0 };
  while (place !== undefined) {
    const leave = await slots.enter();
    const span = new AbortController();
    try {
      signal.throwIfAborted();
      place = await sendForAWhile(target, open(place.from, AbortSignal.any([signal, span.signal])), { place, signal, slots, leave });
    } finally {
      span.abort();
      leave();
    }
    if (place !== undefined) await drained(target, signal);
  }
}

interface Place {
  readonly from: number;
  /** Bytes of that entry that have been written. */
  readonly skip: number;
}

interface Visit {
  readonly place: Place;
  readonly signal: AbortSignal;
  readonly slots: Slots;
  readonly leave: () => void;
}

/** The place where a reader has stalled, or makes room for others; undefined at the end. */
async function sendForAWhile(target: Writable, pieces: AsyncIterable<Piece>, { place, signal, slots, leave }: Visit): Promise<Place | undefined> {
  const iterator = pieces[Symbol.asyncIterator]();
  const began = performance.now();
  let catchingUp = true;
  try {
    for (;;) {
      const asked = iterator.next();
      if (catchingUp && !(await settledSoon(asked))) {
        catchingUp = false;
        leave();
      }
      const next: IteratorResult<Piece> = await asked;
      if (next.done === true) return undefined;
      const { seq, text }: Piece = next.value;
      const bytes: Uint8Array = typeof text === "string" ? Buffer.from(text) : text;
      let written = seq === place.from ? place.skip : 0;
      while (written < bytes.length) {
        const part = bytes.subarray(written, written + partBytes);
        written += part.length;
        // A copy: a part would hold on to all of a large entry.
        if (target.write(part.length === bytes.length ? part : Buffer.from(part))) continue;
        if (await drained(target, signal, seq === undefined ? undefined : parkAfter[slots.contended ? 1 : 0])) continue;
        return written < bytes.length ? { from: seq!, skip: written } : { from: seq! + 1, skip: 0 };
      }
      if (catchingUp && seq !== undefined && slots.contended && performance.now() - began > slice) return { from: seq + 1, skip: 0 };
    }
  } finally {
    void iterator.return?.().then(undefined, () => {});
  }
}

async function settledSoon(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, newsAfter.milliseconds);
  const done = promise.then(() => {}, () => {}).then(() => (settled = true));
  await Promise.race([done, late]);
  clearTimeout(timer);
  for (let round = 0; !settled && round < newsAfter.rounds; round += 1) await new Promise((next) => setImmediate(next));
  return settled;
}

/** False when the time is over before the reader has taken what was written. */
async function drained(target: Writable, signal: AbortSignal, milliseconds?: number): Promise<boolean> {
  if (!target.writableNeedDrain) return true;
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const taken = (): void => resolve(true);
  const gone = (): void => reject(signal.reason as Error);
  target.once("drain", taken);
  signal.addEventListener("abort", gone, { once: true });
  const timer = milliseconds === undefined ? undefined : setTimeout(() => resolve(false), milliseconds);
  return promise.finally(() => {
    clearTimeout(timer);
    target.off("drain", taken);
    signal.removeEventListener("abort", gone);
  });
}

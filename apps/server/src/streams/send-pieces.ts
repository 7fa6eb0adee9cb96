import type { Writable } from "node:stream";
import type { OpenPieces, Piece } from "./piece.ts";
import type { Turns } from "./turns.ts";

/** Written in parts, so that a reader that takes its time over a large entry is seen to take something. */
const partBytes = 64 * 1024;

/** After an entry of that size the next one is waited for in turn. */
const largeBytes = 16 * 1024;

/** Milliseconds that a reader may take nothing before what was read ahead for it is let go. */
const parkAfter = 200;

/**
 * Writes pieces as fast as they are taken. For a reader that does not take them nothing is kept but the place where it is: the journal is closed, and opened again
 * there when the reader goes on. Rejects when the source does, or the signal is aborted.
 */
export async function sendPieces(target: Writable, open: OpenPieces, { from, signal, turns }: { readonly from: number; readonly signal: AbortSignal; readonly turns: Turns }): Promise<void> {
  let place: Place | undefined = { from, skip: 0 };
  while (place !== undefined) {
    const span = new AbortController();
    try {
      place = await sendUntilStalled(target, open(place.from, AbortSignal.any([signal, span.signal])), place, signal, turns);
    } finally {
      span.abort();
    }
    if (place !== undefined) await drained(target, signal);
  }
}

interface Place {
  readonly from: number;
  /** Bytes of that entry that have been written. */
  readonly skip: number;
}

/** The place where a reader has stalled; undefined at the end. */
async function sendUntilStalled(target: Writable, pieces: AsyncIterable<Piece>, start: Place, signal: AbortSignal, turns: Turns): Promise<Place | undefined> {
  const iterator = pieces[Symbol.asyncIterator]();
  let large = true;
  try {
    for (;;) {
      const next: IteratorResult<Piece> = large ? await turns.take(() => iterator.next()) : await iterator.next();
      if (next.done === true) return undefined;
      const { seq, text }: Piece = next.value;
      const bytes: Uint8Array = typeof text === "string" ? Buffer.from(text) : text;
      large = bytes.length >= largeBytes;
      let written = seq === start.from ? start.skip : 0;
      while (written < bytes.length) {
        const part = bytes.subarray(written, written + partBytes);
        written += part.length;
        // The part is copied: it would hold on to all of a large entry.
        if (target.write(part.length === bytes.length ? part : Buffer.from(part))) continue;
        if (await drained(target, signal, seq === undefined ? undefined : parkAfter)) continue;
        return written < bytes.length ? { from: seq!, skip: written } : { from: seq! + 1, skip: 0 };
      }
    }
  } finally {
    void iterator.return?.().then(undefined, () => {});
  }
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

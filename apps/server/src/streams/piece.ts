/** A part of a stream. */
export interface Piece {
  readonly text: string | Uint8Array;
  /** Number of the entry that it is; without one it cannot be asked for again. */
  readonly seq?: number;
}

/** Pieces from an entry on, which `signal` ends. Asked again, it gives the same pieces. */
export type OpenPieces = (from: number, signal: AbortSignal) => AsyncIterable<Piece>;

/** Bytes that cannot be asked for again. */
export async function* bytesOnly(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
  for await (const text of chunks) yield { text };
}

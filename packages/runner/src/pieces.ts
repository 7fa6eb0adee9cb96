/**
 * Bytes of a text that are made a string at a time. Strings of more than about 100 KB get memory of their own from the operating system, which costs fifty times
 * as much as the text itself; these are made in the nursery, in memory that the processor still has at hand.
 */
export const pieceBytes: number = 32 * 1024;

/** A text in pieces, cut anywhere, without a copy. */
export function* piecesOf(text: Buffer): Iterable<Buffer> {
  for (let at = 0; at < text.length; at += pieceBytes) yield text.subarray(at, at + pieceBytes);
}

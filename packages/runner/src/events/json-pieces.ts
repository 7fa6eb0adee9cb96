import { pieceBytes } from "../pieces.ts";

const textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A mark of byte order is text like any other, and what is no UTF-8 is replaced. */
export const decode = (bytes: Buffer): string => textDecoder.decode(bytes);

/** A text as a JSON string, encoded. */
export function jsonPieces(text: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [quote];
  for (let at = 0; at < text.length; ) {
    const end = boundary(text, at + pieceBytes);
    pieces.push(Buffer.from(JSON.stringify(decode(text.subarray(at, end))).slice(1, -1)));
    at = end;
  }
  pieces.push(quote);
  return pieces;
}

const quote = Buffer.from('"');

/** The first place at or before `at` that is not inside a character of UTF-8. */
function boundary(text: Buffer, at: number): number {
  if (at >= text.length) return text.length;
  for (let place = at; place > at - 4; place -= 1) if ((text[place]! & 0xc0) !== 0x80) return place;
  return at;
}

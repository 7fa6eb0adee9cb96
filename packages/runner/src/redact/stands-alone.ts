/** So many bytes before a place tell whether a word goes on there. */
export const contextBytes = 40;

const isWord = (byte: number): boolean => (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f || byte >= 0x80;

/** Whether what stands from `start` to `end` is no part of a longer word. `before`: what stands before the text. */
export function standsAlone(text: Buffer, start: number, end: number, before: string): boolean {
  return (end >= text.length || !isWord(text[end]!)) && wordEnds(text, start, before);
}

/** A letter may also be the end of something that stands for another character: of `\n`, `\u003d`, `%20`, or of what sets a colour. */
function wordEnds(text: Buffer, start: number, before: string): boolean {
  const last = start > 0 ? text[start - 1] : before === "" ? undefined : before.charCodeAt(before.length - 1);
  if (last === undefined || !isWord(last)) return true;
  const around = (start < contextBytes ? before : "") + text.toString("latin1", Math.max(0, start - contextBytes), start);
  const [, letter, unicode, hex, percent, colour] = /(?:\\([abefnrtv0])|\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|%([0-9a-fA-F]{2})|(?:\p{Cc}|\\u001[bB]|\\x1[bB]|\\e|\\0?33)\[([0-9;]*)[A-Za-z])$/u.exec(around) ?? [];
  if (letter !== undefined || colour !== undefined) return true;
  const code = unicode ?? hex ?? percent;
  return code !== undefined && !isWord(Number.parseInt(code, 16));
}

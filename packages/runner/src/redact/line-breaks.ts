const lineEnd = 0x0a;
const carriageReturn = 0x0d;
const backslash = 0x5c;
/** Longer runs of blanks or backslashes are no part of a line break. */
const longestRun = 64;

/**
 * Length of the line break at a place of a text, 0 if there is none: a line's end, as it is or as it stands in JSON (`\n`, however often it was escaped),
 * and the indentation behind it. Backslashes at the end of the text count: they may become one.
 */
export function lineBreakAt(text: Buffer, from: number): number {
  let at = text[from] === backslash ? behindEscape(text, behindEscape(text, from)) : from;
  if (at === from && text[at] === carriageReturn) at += 1;
  if (text[at] === lineEnd) at += 1;
  if (at === from) return 0;
  const most = Math.min(text.length, at + longestRun);
  while (at < most && (text[at] === 0x20 || text[at] === 0x09)) at += 1;
  return at - from;
}

/** Behind `\n` or `\r`, or the place itself if they are not there. */
function behindEscape(text: Buffer, from: number): number {
  let at = from;
  const most = Math.min(text.length, from + longestRun);
  while (at < most && text[at] === backslash) at += 1;
  if (at === from) return from;
  if (at === text.length) return at;
  return text[at] === 0x6e || text[at] === 0x72 ? at + 1 : from;
}

const plain = /^[\x20-\x7e]*$/;
const unseen = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u;
/** Two columns: East Asian letters and signs, and emoji. */
const wide = /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}|\ufe0f/u;

let segmenter: Intl.Segmenter | undefined;

/** How many columns a terminal takes to show a text of one line. */
export function widthOf(text: string): number {
  if (plain.test(text)) return text.length;
  return signsOf(text).reduce((sum, sign) => sum + widthOfSign(sign), 0);
}

/** As much of the beginning of a text as fits into so many columns. */
export function cut(text: string, columns: number): string {
  if (plain.test(text)) return text.slice(0, columns);
  let [kept, used] = ["", 0];
  for (const sign of signsOf(text)) {
    used += widthOfSign(sign);
    if (used > columns) break;
    kept += sign;
  }
  return kept;
}

/** A text with blanks behind it, as wide as so many columns. */
export function padTo(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - widthOf(text)));
}

/** What a reader takes for one sign: a letter with its accents, an emoji of several parts. */
function signsOf(text: string): readonly string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function widthOfSign(sign: string): number {
  if (unseen.test(sign)) return 0;
  return wide.test(sign) ? 2 : 1;
}

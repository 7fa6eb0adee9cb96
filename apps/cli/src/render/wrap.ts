import { widthOf } from "./width.ts";

/** Columns of what is told in sentences. */
export const narrow = 80;

/**
 * Breaks a text at spaces so that no line is wider than `width`; words that are too long (paths) stay whole. Line ends and the indentation
 * of a line are kept; `indent` begins what is continued.
 */
export function wrap(text: string, width: number, indent = ""): string {
  return text
    .split("\n")
    .map((line) => wrapLine(line, width, indent))
    .join("\n");
}

function wrapLine(line: string, width: number, indent: string): string {
  const [first = "", ...words] = line.trimStart().split(" ");
  const lines: string[] = [];
  let current = line.slice(0, line.length - line.trimStart().length) + first;
  for (const word of words) {
    if (widthOf(current) + 1 + widthOf(word) > width) {
      lines.push(current);
      current = indent + word;
    } else {
      current += ` ${word}`;
    }
  }
  return [...lines, current].join("\n");
}

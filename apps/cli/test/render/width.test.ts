import { expect, test } from "vitest";
import { renderColumns } from "../../src/render/columns.ts";
import { cut, widthOf } from "../../src/render/width.ts";

test.each([
  ["web", 3],
  ["\u65e5\u672c", 4],
  ["e\u0301t\u00e9", 3],
  ["\u{1f680}", 2],
  ["\u{1f468}\u200d\u{1f469}\u200d\u{1f467}", 2],
  ["\uff21", 2],
  ["\ud55c\uae00", 4],
  ["\u00fc\u00df\u0416\u03a9", 4],
])("%s takes so many columns of a terminal: %i", (text, columns) => {
  expect(widthOf(text)).toBe(columns);
});

test("columns stand below each other, whatever letters they hold, and control characters in them are seen", () => {
  expect(renderColumns([["IDENT", "STATUS"], ["\u65e5\u672c\u8a9e", "running"], ["e\u0301", "failed"], ["a\u001b[2J", "x"]])).toBe(["IDENT     STATUS", "\u65e5\u672c\u8a9e    running", "e\u0301         failed", "a\\x1b[2J  x"].join("\n"));
});

test("a text is cut between signs", () => {
  expect([cut("\u65e5\u672c\u8a9e", 5), cut("abc", 2), cut("e\u0301e", 1)]).toEqual(["\u65e5\u672c", "ab", "e\u0301"]);
});

import { describe, expect, test } from "vitest";

import { createSplitter } from "../src/index.ts";
import type { SplitItem, Splitter } from "../src/index.ts";

const token = "0123456789abcdef0123456789abcdef";
const mark = (kind: string, id: number | string, by = token): string => `\u001b_${by}${kind}${id}\u001b\\`;
const json = (id: number): Buffer => Buffer.from(`{"id":${id}}`);

/** Neighbouring texts joined, everything as strings: how the text was cut does not matter. */
function readable(items: SplitItem[]): (string | [number, string, string])[] {
  const result: (string | [number, string, string])[] = [];
  for (const item of items) {
    const last = result.at(-1);
    if (item.kind === "event") result.push([item.id, item.json.toString(), item.text.toString()]);
    else if (typeof last === "string") result[result.length - 1] = last + item.text.toString();
    else result.push(item.text.toString());
  }
  return result;
}

const stream =
  `before\n${mark("B", 1)}\nPLAY [x] ***\n${mark("E", 1)}${mark("N", 2)}raw ${mark("B", 9, "f".repeat(32))} raw\n` +
  `${mark("B", 3)}ok: [h]\r\n\u001b[0m${mark("E", 3)}tail \u001b_${token.slice(0, 9)} \u001b_${token}X ${mark("N", 4)}without line end`;
const expected = [
  "before\n",
  [1, '{"id":1}', "\nPLAY [x] ***\n"],
  [2, '{"id":2}', ""],
  `raw ${mark("B", 9, "f".repeat(32))} raw\n`,
  [3, '{"id":3}', "ok: [h]\r\n\u001b[0m"],
  `tail \u001b_${token.slice(0, 9)} \u001b_${token}X `,
  [4, '{"id":4}', ""],
  "without line end",
];

function push(splitter: Splitter, texts: (string | Buffer)[]): SplitItem[] {
  return texts.flatMap((text) => splitter.pushText(Buffer.from(text)));
}

describe("the splitter", () => {
  test("yields the same items wherever the text is cut and whenever the events come", () => {
    const bytes = Buffer.from(stream);
    for (let at = 0; at <= bytes.length; at++) {
      for (const when of ["before", "between", "after"]) {
        const splitter = createSplitter(token);
        const events = (): SplitItem[] => [1, 2, 3, 4].flatMap((id) => splitter.pushEvent(id, json(id)));
        const items = [
          ...(when === "before" ? events() : []),
          ...splitter.pushText(bytes.subarray(0, at)),
          ...(when === "between" ? events() : []),
          ...splitter.pushText(bytes.subarray(at)),
          ...(when === "after" ? events() : []),
          ...splitter.end(),
        ];
        expect(readable(items)).toEqual(expected);
      }
    }
  });

  test("yields the same items when every byte comes alone, and events one by one in between", () => {
    const splitter = createSplitter(token);
    const items: SplitItem[] = [];
    let id = 0;
    Buffer.from(stream).forEach((byte, index) => {
      items.push(...splitter.pushText(Buffer.from([byte])));
      if (index % 90 === 80) items.push(...splitter.pushEvent(++id, json(id)));
    });
    items.push(...splitter.end());
    expect(readable(items)).toEqual(expected);
  });

  test("holds nothing of a text outside of events but what may become a marker", () => {
    const splitter = createSplitter(token);
    expect(readable(push(splitter, ["half a line"]))).toEqual(["half a line"]);
    expect(readable(push(splitter, [`more \u001b_${token.slice(0, 5)}`]))).toEqual(["more "]);
    expect(readable(push(splitter, ["zzz"]))).toEqual([`\u001b_${token.slice(0, 5)}zzz`]);
  });

  test("waits for an event whose marker came first", () => {
    const splitter = createSplitter(token);
    expect(readable(push(splitter, [`a${mark("B", 1)}b${mark("E", 1)}c`]))).toEqual(["a"]);
    expect(readable(push(splitter, ["d"]))).toEqual([]);
    expect(readable(splitter.pushEvent(1, json(1)))).toEqual([[1, '{"id":1}', "b"], "cd"]);
  });

  test("gives out at the end what was open, unmarked or half a marker", () => {
    const splitter = createSplitter(token);
    splitter.pushEvent(1, json(1));
    splitter.pushEvent(2, json(2));
    const items = [...push(splitter, [`${mark("B", 1)}unfinished \u001b_${token}B`]), ...splitter.end()];
    expect(readable(items)).toEqual([
      [1, '{"id":1}', `unfinished \u001b_${token}B`],
      [2, '{"id":2}', ""],
    ]);
  });

  test("gives out at the end the text of a marker whose event never came", () => {
    const splitter = createSplitter(token);
    push(splitter, [`${mark("B", 1)}text${mark("E", 1)}rest${mark("N", 2)}`]);
    expect(readable(splitter.end())).toEqual([[1, "", "text"], "rest", [2, "", ""]]);
  });

  test("puts an event whose marker was lost before the next one", () => {
    const splitter = createSplitter(token);
    const items = [1, 2, 3].flatMap((id) => splitter.pushEvent(id, json(id)));
    items.push(...push(splitter, [`${mark("N", 1)}${mark("N", 3)}`]), ...splitter.end());
    expect(readable(items).map((item) => item[0])).toEqual([1, 2, 3]);
  });

  test("ends an event when the next one begins, and ignores ends of what is not open", () => {
    const splitter = createSplitter(token);
    const items = [1, 2].flatMap((id) => splitter.pushEvent(id, json(id)));
    items.push(...push(splitter, [`${mark("B", 1)}one${mark("B", 2)}two${mark("E", 1)} more${mark("E", 2)}out`]), ...splitter.end());
    expect(readable(items)).toEqual([[1, '{"id":1}', "one"], [2, '{"id":2}', "two more"], "out"]);
  });

  test("joins what several processes say side by side, each by its own numbers", () => {
    const splitter = createSplitter(token);
    const other = (id: number): number => 2 ** 32 + id;
    const events = [splitter.pushEvent(other(1), json(other(1))), splitter.pushEvent(1, json(1)), splitter.pushEvent(other(2), json(other(2))), splitter.pushEvent(2, json(2))].flat();
    const items = [...events, ...push(splitter, [`${mark("B", other(1))}there${mark("E", other(1))}${mark("B", 1)}here${mark("E", 1)}`])];
    const later = createSplitter(token, splitter.state());
    items.push(...push(later, [`${mark("B", 2)}here again${mark("E", 2)}${mark("N", other(2))}`]), ...later.end());
    expect(readable(items).map(([id, , text]) => [id, text])).toEqual([[other(1), "there"], [1, "here"], [2, "here again"], [other(2), ""]]);
  });

  test("does not collect events whose markers never come, nor text whose event never comes", () => {
    const splitter = createSplitter(token);
    const piece = Buffer.alloc(1024 * 1024, "x");
    let told = 0;
    for (let id = 1; id <= 300; id++) told += splitter.pushEvent(id, piece).length;
    expect(told).toBeGreaterThan(200);
    expect(splitter.held).toBeLessThan(70 * 1024 * 1024);
    splitter.pushText(Buffer.from(mark("B", 4711)));
    let text = 0;
    for (let i = 0; i < 300; i++) for (const item of splitter.pushText(piece)) text += item.text.length;
    for (const item of splitter.end()) text += item.text.length;
    expect(text).toBe(300 * piece.length);
  });

  test("takes a line of 100 MB in linear time, inside an event and outside", () => {
    const splitter = createSplitter(token);
    const piece = Buffer.alloc(66_000, "\u001b_x");
    let outside = 0;
    for (let i = 0; i < 1600; i++) for (const item of splitter.pushText(piece)) outside += item.text.length;
    splitter.pushEvent(1, json(1));
    splitter.pushText(Buffer.from(mark("B", 1)));
    for (let i = 0; i < 1600; i++) splitter.pushText(piece);
    const [item] = splitter.pushText(Buffer.from(mark("E", 1))).filter((found) => found.kind === "event");
    expect([outside, item?.text.length]).toEqual([1600 * piece.length, 1600 * piece.length]);
  });
});

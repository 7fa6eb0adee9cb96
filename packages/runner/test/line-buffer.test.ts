import { expect, test } from "vitest";
import { LineBuffer } from "../src/journal/line-buffer.ts";

test("texts come out in order and whole, however long, and buffers are used again", () => {
  const lines = new LineBuffer();
  for (let round = 0; round < 3; round += 1) {
    const texts = ["one\n", "ü☃😀\n", "x".repeat(100_000), "y".repeat(90_000), "z".repeat(400_000), "", "last\n"];
    const sizes = texts.map((text) => lines.add(text));
    expect(sizes).toEqual(texts.map((text) => Buffer.byteLength(text)));
    expect(lines.size).toBe(sizes.reduce((sum, size) => sum + size));
    const parts = lines.take();
    expect(Buffer.concat(parts).toString()).toBe(texts.join(""));
    expect(lines.size).toBe(0);
    for (const part of parts) lines.giveBack(part);
  }
  const again = new Set<ArrayBufferLike>();
  for (let round = 0; round < 10; round += 1) {
    lines.add("x");
    const [part] = lines.take();
    again.add(part!.buffer);
    lines.giveBack(part!);
  }
  expect(again.size).toBe(1);
});

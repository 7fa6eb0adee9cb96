import { describe, expect, test } from "vitest";
import { FrameDecoder } from "../src/index.ts";

function frame(type: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = type;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

const stream = Buffer.concat([frame(1, "out"), frame(2, "err"), frame(1, ""), frame(1, "x".repeat(300)), frame(2, "end")]);

function decode(parts: readonly Buffer[]): { stdout: string; stderr: string; complete: boolean } {
  const decoder = new FrameDecoder();
  const said = { stdout: "", stderr: "" };
  for (const part of parts) for (const { stream: name, bytes } of decoder.push(part)) said[name] += Buffer.from(bytes).toString();
  return { ...said, complete: decoder.complete };
}

describe("FrameDecoder", () => {
  const whole = { stdout: `out${"x".repeat(300)}`, stderr: "errend", complete: true };

  test("takes frames apart wherever the chunks are cut", () => {
    expect(decode([stream])).toEqual(whole);
    for (let size = 1; size < 40; size += 1) {
      const parts = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) => stream.subarray(index * size, (index + 1) * size));
      expect(decode(parts)).toEqual(whole);
    }
  });

  test("gives out a payload before its frame is complete, without copying it", () => {
    const decoder = new FrameDecoder();
    const part = frame(1, "abcdef").subarray(0, 11);
    const [chunk] = decoder.push(part);
    expect(Buffer.from(chunk!.bytes).toString()).toBe("abc");
    expect(chunk!.bytes.buffer).toBe(part.buffer);
    expect(decoder.complete).toBe(false);
  });

  test("refuses a stream that is not framed", () => {
    expect(() => new FrameDecoder().push(Buffer.from("plain text output"))).toThrow(/not framed/);
  });
});

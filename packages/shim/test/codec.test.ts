import { crc32 } from "node:zlib";

import { describe, expect, test } from "vitest";

import { HANDSHAKE, PREAMBLE_LIMIT, UP, UP_HEADER_SIZE, WIRE_VERSION, WireError, bootstrapCommand, createDecoder, deliver, encodeAck, encodeCancel, encodeJob, encodeStdin } from "../src/index.ts";
import type { Frame } from "../src/index.ts";
import { shellJob } from "./shim-process.ts";

function frame(type: number, sequence: number, payload: Buffer | object): Buffer {
  const body = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
  const header = Buffer.alloc(UP_HEADER_SIZE);
  header.write("DR", "latin1");
  header.writeUInt8(WIRE_VERSION, 2);
  header.writeUInt8(type, 3);
  header.writeUInt32BE(body.length, 4);
  header.writeBigUInt64BE(BigInt(sequence), 8);
  header.writeDoubleBE(1234.5, 16);
  return Buffer.concat([header, body]);
}

const event = Buffer.concat([Buffer.from([0, 0, 0, 2, 0, 0, 0, 7]), Buffer.from('{"uuid":"u"}')]);
const payloads = [Buffer.from('{"shim":1}'), Buffer.from("out\0DR\u0001"), Buffer.from("err"), event, Buffer.from('{"code":0}')];

function session(): Buffer {
  let checksum = 0;
  for (const payload of payloads) checksum = crc32(payload, checksum);
  const [ready, out, err, , exited] = payloads as [Buffer, Buffer, Buffer, Buffer, Buffer];
  return Buffer.concat([
    Buffer.from("entrypoint says \0DISTRONODE-hello\n"),
    HANDSHAKE,
    frame(UP.ready, 1, ready),
    frame(UP.stdout, 2, out),
    frame(UP.heartbeat, 0, { rssKiB: 1, cpuSeconds: 0.5 }),
    frame(UP.stderr, 3, err),
    frame(UP.event, 4, event),
    frame(UP.exited, 5, exited),
    frame(UP.end, 6, { frames: 5, bytes: { stdout: out.length, stderr: 3, event: event.length - 8 }, crc32: checksum }),
  ]);
}

function decode(chunks: Buffer[]): { frames: Frame[]; preamble: string; ended: boolean } {
  const decoder = createDecoder();
  const frames = chunks.flatMap((chunk) => decoder.push(chunk));
  decoder.finish();
  return { frames, preamble: decoder.preamble.toString(), ended: decoder.ended };
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

describe("the decoder", () => {
  test("reads the same frames wherever the stream is cut", () => {
    const all = session();
    const whole = decode([all]);
    expect(whole.frames.map((f) => f.type)).toEqual(["ready", "stdout", "heartbeat", "stderr", "event", "exited", "end"]);
    expect(whole.preamble).toBe("entrypoint says \0DISTRONODE-hello\n");
    expect(whole.frames[4]).toMatchObject({ id: 2 * 2 ** 32 + 7, time: 1234.5, json: Buffer.from('{"uuid":"u"}') });
    for (let at = 0; at <= all.length; at++) expect(decode([all.subarray(0, at), all.subarray(at)])).toEqual(whole);
    expect(decode(Array.from(all, (byte) => Buffer.from([byte])))).toEqual(whole);
  });

  test("keeps the end of a preamble that is longer than its limit", () => {
    const decoder = createDecoder();
    for (let i = 0; i < 40; i++) decoder.push(Buffer.alloc(5000, 0x61 + (i % 26)));
    decoder.push(Buffer.concat([Buffer.from("last words\n"), HANDSHAKE]));
    expect(decoder.connected).toBe(true);
    expect(decoder.preamble.length).toBe(PREAMBLE_LIMIT);
    expect(decoder.preamble.toString().endsWith("last words\n")).toBe(true);
  });

  test("says that no shim came, and keeps what came instead", () => {
    const decoder = createDecoder();
    decoder.push(Buffer.from("sh: python3: not found\n"));
    expect(codeOf(() => decoder.finish())).toBe("WIRE_NO_HANDSHAKE");
    expect(decoder.preamble.toString()).toBe("sh: python3: not found\n");
  });

  test("refuses another version, foreign bytes, gaps, wrong sums, an early end and a late byte, each with its code", () => {
    const ready = frame(UP.ready, 1, {});
    const started = (...rest: Buffer[]) => () => {
      const decoder = createDecoder();
      for (const chunk of [HANDSHAKE, ready, ...rest]) decoder.push(chunk);
      decoder.finish();
    };
    expect(codeOf(() => createDecoder().push(Buffer.from("\0DISTRONODE-RUNNER-SHIM 1\n")))).toBe("WIRE_VERSION");
    expect(codeOf(started(Buffer.alloc(24, "oops")))).toBe("WIRE_BAD_MAGIC");
    expect(codeOf(started(frame(UP.stdout, 3, Buffer.from("x"))))).toBe("WIRE_SEQUENCE_GAP");
    expect(codeOf(started(frame(UP.stdout, 1, Buffer.from("x"))))).toBe("WIRE_SEQUENCE_GAP");
    expect(codeOf(started(frame(UP.end, 2, { frames: 1, bytes: { stdout: 0, stderr: 0, event: 0 }, crc32: 1 })))).toBe("WIRE_MISMATCH");
    expect(codeOf(started(frame(UP.exited, 2, Buffer.from("{"))))).toBe("WIRE_BAD_PAYLOAD");
    expect(codeOf(started())).toBe("WIRE_TRUNCATED");
    const decoder = createDecoder();
    decoder.push(session());
    expect(codeOf(() => decoder.push(Buffer.from("x")))).toBe("WIRE_AFTER_END");
    expect(codeOf(() => decoder.finish())).toBe("WIRE_AFTER_END");
  });

  test("takes a frame type it does not know for what it is", () => {
    const decoder = createDecoder();
    expect(decoder.push(Buffer.concat([HANDSHAKE, frame(77, 1, Buffer.from("new"))]))).toMatchObject([{ type: "unknown", number: 77, sequence: 1 }]);
  });

  test("reads a payload of 64 MB that comes in small pieces in linear time", () => {
    const decoder = createDecoder();
    decoder.push(HANDSHAKE);
    const piece = Buffer.alloc(16 * 1024, "x");
    const header = frame(UP.stdout, 1, Buffer.alloc(0));
    header.writeUInt32BE(4096 * piece.length, 4);
    decoder.push(header);
    let frames: Frame[] = [];
    for (let i = 0; i < 4096; i++) frames = decoder.push(piece);
    expect(frames).toHaveLength(1);
  });
});

describe("the encoder", () => {
  test("puts type and length before every payload", () => {
    expect(encodeStdin("héy")).toEqual(Buffer.from([2, 0, 0, 0, 4, 0x68, 0xc3, 0xa9, 0x79]));
    expect(encodeAck(258)).toEqual(Buffer.from([7, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 2]));
    expect(encodeCancel({ grace: 2, why: "canceled" }).subarray(5).toString()).toBe('{"grace":2,"why":"canceled"}');
    expect(JSON.parse(encodeJob(shellJob("true")).subarray(5).toString())).toMatchObject({ version: 1, argv: ["sh", "-c", "true"] });
  });

  test("sends the shim with its length, and nothing of the job in the command", () => {
    const delivered = deliver();
    const line = delivered.indexOf("\n");
    expect(Number(delivered.toString("latin1", 0, line))).toBe(delivered.length - line - 1);
    expect(bootstrapCommand("python3.9").slice(0, 4)).toEqual(["python3.9", "-I", "-S", "-c"]);
  });
});

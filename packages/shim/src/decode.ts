import { crc32 } from "node:zlib";

import type { ContextPayload, EndPayload } from "./job-document.ts";
import type { Frame } from "./wire.ts";
import { HANDSHAKE_PREFIX, UP, UP_HEADER_SIZE, UP_MAGIC, WIRE_VERSION, WireError } from "./wire.ts";

/** The most that is kept of what came before the handshake; of more than that, its end. */
export const PREAMBLE_LIMIT: number = 64 * 1024;

/** Reads the bytes of one shim, cut anywhere. */
export interface Decoder {
  /** The frames that are complete with this chunk. Throws a `WireError`, and from then on always the same one. */
  push(chunk: Uint8Array): Frame[];
  /** Call at the end of the stream: throws a `WireError` if `end` had not come. */
  finish(): void;
  /** What was printed before the handshake, at most its last 64 KiB: an image's entrypoint, or why there is no Python. */
  readonly preamble: Buffer;
  /** Whether the handshake has come. */
  readonly connected: boolean;
  /** Whether `end` has come, and agreed with everything before it. */
  readonly ended: boolean;
  /** The number of the last numbered frame. */
  readonly sequence: number;
  /** What a decoder needs that goes on after this frame. */
  readonly position: DecoderPosition;
}

/** What has come so far, as `end` will count it. */
export interface DecoderPosition {
  readonly sequence: number;
  readonly checksum: number;
  readonly stdout: number;
  readonly stderr: number;
  readonly event: number;
}

/** A decoder at the beginning of a stream. For a new owner's stream `resume` says where the old one was, by what the shim kept of it. */
export function createDecoder(resume?: (context: ContextPayload) => DecoderPosition): Decoder {
  return new FrameDecoder(resume);
}

class FrameDecoder implements Decoder {
  preamble: Buffer = Buffer.alloc(0);
  connected = false;
  ended = false;
  sequence = 0;

  #pending: Uint8Array[] = [];
  #size = 0;
  #need = 1;
  #checksum = 0;
  #bytes = { stdout: 0, stderr: 0, event: 0 };
  #failure: WireError | undefined;

  readonly #resume: ((context: ContextPayload) => DecoderPosition) | undefined;

  constructor(resume: ((context: ContextPayload) => DecoderPosition) | undefined) {
    this.#resume = resume;
  }

  get position(): DecoderPosition {
    return { sequence: this.sequence, checksum: this.#checksum, ...this.#bytes };
  }

  push(chunk: Uint8Array): Frame[] {
    if (this.#failure) throw this.#failure;
    if (chunk.length === 0) return [];
    this.#pending.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#need) return [];
    const frames: Frame[] = [];
    try {
      let data = this.#gather();
      if (!this.connected) data = this.#connect(data);
      if (this.connected) data = this.#frames(data, frames);
      this.#pending = data.length > 0 ? [data] : [];
      this.#size = data.length;
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#failure = error;
      this.#pending = [];
      // What was good comes out; the next call says what was not.
      if (frames.length === 0) throw error;
    }
    return frames;
  }

  finish(): void {
    if (this.#failure) throw this.#failure;
    if (!this.connected) {
      this.#keepPreamble(this.#gather());
      this.#pending = [];
      throw new WireError("WIRE_NO_HANDSHAKE", "the stream ended before the shim had spoken");
    }
    if (!this.ended) {
      throw new WireError("WIRE_TRUNCATED", `the stream ended after frame ${this.sequence}, before the shim's last frame`, {
        sequence: this.sequence,
        rest: this.#size,
      });
    }
  }

  #gather(): Buffer {
    const first = this.#pending[0];
    if (this.#pending.length === 1 && first) return Buffer.from(first.buffer, first.byteOffset, first.byteLength);
    return Buffer.concat(this.#pending, this.#size);
  }

  /** Looks for the handshake; what cannot be a part of it is preamble. */
  #connect(data: Buffer): Buffer {
    const start = data.indexOf(HANDSHAKE_PREFIX);
    if (start < 0) {
      const keep = overlap(data, HANDSHAKE_PREFIX);
      this.#keepPreamble(data.subarray(0, data.length - keep));
      this.#need = keep + 1;
      return data.subarray(data.length - keep);
    }
    const versionAt = start + HANDSHAKE_PREFIX.length;
    const lineEnd = data.indexOf(0x0a, versionAt);
    if (lineEnd < 0 && data.length - versionAt < 16) {
      this.#need = data.length + 1;
      return data;
    }
    this.#keepPreamble(data.subarray(0, start));
    const version = data.toString("latin1", versionAt, lineEnd < 0 ? versionAt + 16 : lineEnd);
    if (version !== String(WIRE_VERSION)) {
      throw new WireError("WIRE_VERSION", `the shim speaks version ${JSON.stringify(version)}, this is version ${WIRE_VERSION}`, { version });
    }
    this.connected = true;
    this.#need = UP_HEADER_SIZE;
    return data.subarray(lineEnd + 1);
  }

  #keepPreamble(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const all = bytes.length >= PREAMBLE_LIMIT ? bytes : Buffer.concat([this.preamble, bytes]);
    this.preamble = Buffer.from(all.subarray(Math.max(0, all.length - PREAMBLE_LIMIT)));
  }

  #frames(data: Buffer, frames: Frame[]): Buffer {
    let at = 0;
    for (;;) {
      const left = data.length - at;
      if (this.ended && left > 0) throw new WireError("WIRE_AFTER_END", `${left} bytes came after the shim's last frame`, { bytes: left });
      if (left < UP_HEADER_SIZE) {
        this.#need = this.ended ? 1 : UP_HEADER_SIZE;
        break;
      }
      if (data[at] !== UP_MAGIC[0] || data[at + 1] !== UP_MAGIC[1]) {
        throw new WireError("WIRE_BAD_MAGIC", `after frame ${this.sequence} came bytes that are no frame: something else writes to the shim's output`, {
          sequence: this.sequence,
          found: data.toString("latin1", at, at + Math.min(left, 32)),
        });
      }
      const version = data.readUInt8(at + 2);
      if (version !== WIRE_VERSION) throw new WireError("WIRE_VERSION", `a frame has version ${version}, this is version ${WIRE_VERSION}`, { version });
      const length = data.readUInt32BE(at + 4);
      if (left < UP_HEADER_SIZE + length) {
        this.#need = UP_HEADER_SIZE + length;
        break;
      }
      const payload = data.subarray(at + UP_HEADER_SIZE, at + UP_HEADER_SIZE + length);
      frames.push(this.#frame(data.readUInt8(at + 3), Number(data.readBigUInt64BE(at + 8)), data.readDoubleBE(at + 16), payload));
      at += UP_HEADER_SIZE + length;
    }
    return data.subarray(at);
  }

  #frame(type: number, sequence: number, time: number, payload: Buffer): Frame {
    if (sequence !== 0) {
      if (sequence !== this.sequence + 1) {
        throw new WireError("WIRE_SEQUENCE_GAP", `frame ${sequence} came after frame ${this.sequence}`, { expected: this.sequence + 1, found: sequence });
      }
      this.sequence = sequence;
    }
    if (type === UP.end) return { type: "end", sequence, time, data: this.#end(parse(payload, sequence) as EndPayload) };
    if (sequence !== 0) this.#checksum = crc32(payload, this.#checksum);
    switch (type) {
      case UP.stdout:
        this.#bytes.stdout += payload.length;
        return { type: "stdout", sequence, time, bytes: payload };
      case UP.stderr:
        this.#bytes.stderr += payload.length;
        return { type: "stderr", sequence, time, bytes: payload };
      case UP.event: {
        if (payload.length < 8) throw new WireError("WIRE_BAD_PAYLOAD", `event frame ${sequence} has no number`, { sequence });
        this.#bytes.event += payload.length - 8;
        return { type: "event", sequence, time, id: payload.readUInt32BE(0) * 2 ** 32 + payload.readUInt32BE(4), json: payload.subarray(8) };
      }
      case UP.ready:
        return { type: "ready", sequence, time, data: parse(payload, sequence) };
      case UP.started:
        return { type: "started", sequence, time, data: parse(payload, sequence) };
      case UP.heartbeat:
        return { type: "heartbeat", sequence, time, data: parse(payload, sequence) };
      case UP.exited:
        return { type: "exited", sequence, time, data: parse(payload, sequence) };
      case UP.failed:
        return { type: "failed", sequence, time, data: parse(payload, sequence) };
      case UP.notice:
        return { type: "notice", sequence, time, data: parse(payload, sequence) };
      case UP.context:
        return { type: "context", sequence, time, data: this.#goOn(parse(payload, sequence)) };
      case UP.challenge:
        return { type: "challenge", sequence, time, data: parse(payload, sequence) };
      default:
        return { type: "unknown", sequence, time, number: type, bytes: payload };
    }
  }

  #goOn(context: ContextPayload): ContextPayload {
    if (this.#resume !== undefined) {
      const { sequence, checksum, ...bytes } = this.#resume(context);
      this.sequence = sequence;
      this.#checksum = checksum;
      this.#bytes = bytes;
    }
    return context;
  }

  #end(end: EndPayload): EndPayload {
    const arrived = { frames: this.sequence - 1, ...this.#bytes, crc32: this.#checksum };
    const announced = { frames: end.frames, ...end.bytes, crc32: end.crc32 };
    for (const key of ["frames", "stdout", "stderr", "event", "crc32"] as const) {
      if (arrived[key] !== announced[key]) {
        throw new WireError("WIRE_MISMATCH", `the shim sent ${key} = ${announced[key]}, ${arrived[key]} arrived`, {
          what: key,
          sent: announced[key],
          arrived: arrived[key],
        });
      }
    }
    this.ended = true;
    return end;
  }
}

/** How many bytes at the end of `data` could be the beginning of `needle`. */
function overlap(data: Buffer, needle: Buffer): number {
  for (let size = Math.min(needle.length - 1, data.length); size > 0; size--) {
    if (data.compare(needle, 0, size, data.length - size) === 0) return size;
  }
  return 0;
}

function parse<T>(payload: Buffer, sequence: number): T {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString("utf8"));
  } catch {
    // The parser's own message would quote what the job said.
    throw new WireError("WIRE_BAD_PAYLOAD", `frame ${sequence} holds no JSON`, { sequence });
  }
  if (typeof value !== "object" || value === null) throw new WireError("WIRE_BAD_PAYLOAD", `frame ${sequence} holds no object`, { sequence });
  return value as T;
}

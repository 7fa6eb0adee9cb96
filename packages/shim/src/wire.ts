import type { CancelReason, ChallengePayload, ContextPayload, ExitedPayload, EndPayload, FailedPayload, HeartbeatPayload, NoticePayload, ReadyPayload, StartedPayload } from "./job-document.ts";

/** The version of everything in this package: handshake, frames and what they hold change together. */
export const WIRE_VERSION = 2;

/** What the shim says before its first frame, without the version and the line end that follow. */
export const HANDSHAKE_PREFIX: Buffer = Buffer.from("\0DISTRONODE-RUNNER-SHIM ", "latin1");

/** The whole handshake of this version. */
export const HANDSHAKE: Buffer = Buffer.concat([HANDSHAKE_PREFIX, Buffer.from(`${WIRE_VERSION}\n`, "latin1")]);

/** The first two bytes of every frame from the shim. */
export const UP_MAGIC: Buffer = Buffer.from("DR", "latin1");

/** Bytes before the payload of a frame from the shim: magic, version, type, length u32, sequence u64, time f64. */
export const UP_HEADER_SIZE = 24;

/** Bytes before the payload of a frame to the shim: type, length u32. */
export const DOWN_HEADER_SIZE = 5;

/** The type numbers of frames to the shim. */
export const DOWN = {
  job: 1,
  stdin: 2,
  stdinEof: 3,
  resize: 4,
  signal: 5,
  cancel: 6,
  ack: 7,
  detach: 8,
  attach: 9,
} as const;

/** The type numbers of frames from the shim. */
export const UP = {
  ready: 1,
  started: 2,
  stdout: 3,
  stderr: 4,
  event: 5,
  heartbeat: 6,
  exited: 7,
  end: 8,
  failed: 9,
  notice: 10,
  context: 11,
  challenge: 12,
} as const;

/** What every frame from the shim carries. */
export interface FrameBase {
  /** 1, 2, 3, ... without gaps; 0 for heartbeats, challenges and contexts, which are neither numbered nor kept. */
  readonly sequence: number;
  /** The shim's clock when the frame was made: seconds since 1970. */
  readonly time: number;
}

/** The shim runs; nothing of the job has happened yet. */
export interface ReadyFrame extends FrameBase {
  readonly type: "ready";
  readonly data: ReadyPayload;
}

/** The tool has been started. */
export interface StartedFrame extends FrameBase {
  readonly type: "started";
  readonly data: StartedPayload;
}

/** Bytes of the tool's standard output or standard error, as they were. */
export interface OutputFrame extends FrameBase {
  readonly type: "stdout" | "stderr";
  readonly bytes: Buffer;
}

/** One event of the callback plugin. */
export interface EventFrame extends FrameBase {
  readonly type: "event";
  /** The number in the markers that bracket the event's text in stdout: which process reports (0, 1, ...) times 2^32, and 1, 2, 3, ... */
  readonly id: number;
  /** The JSON object exactly as the plugin wrote it. */
  readonly json: Buffer;
}

/** A sign of life. */
export interface HeartbeatFrame extends FrameBase {
  readonly type: "heartbeat";
  readonly data: HeartbeatPayload;
}

/** The tool has ended and all its output has been sent. */
export interface ExitedFrame extends FrameBase {
  readonly type: "exited";
  readonly data: ExitedPayload;
}

/** The last frame. The decoder has compared its counts and checksum with what arrived. */
export interface EndFrame extends FrameBase {
  readonly type: "end";
  readonly data: EndPayload;
}

/** The tool could not be started; an `exited` and an `end` follow. */
export interface FailedFrame extends FrameBase {
  readonly type: "failed";
  readonly data: FailedPayload;
}

/** Something that the owner should know and that is no output: an unanswered prompt, a clock, a cancel's next step. */
export interface NoticeFrame extends FrameBase {
  readonly type: "notice";
  readonly data: NoticePayload;
}

/** The answer to `attach`: what a new owner needs to go on. The frames after `data.after` follow. */
export interface ContextFrame extends FrameBase {
  readonly type: "context";
  readonly data: ContextPayload;
}

/** The first frame at the door: what has to be in the proof of who wants to be let in. */
export interface ChallengeFrame extends FrameBase {
  readonly type: "challenge";
  readonly data: ChallengePayload;
}

/** A frame of a type that this version does not know: a newer shim's. It counts for sequence and checksum. */
export interface UnknownFrame extends FrameBase {
  readonly type: "unknown";
  readonly number: number;
  readonly bytes: Buffer;
}

/** Everything a shim can say. */
export type Frame =
  | ReadyFrame
  | StartedFrame
  | OutputFrame
  | EventFrame
  | HeartbeatFrame
  | ExitedFrame
  | EndFrame
  | FailedFrame
  | NoticeFrame
  | ContextFrame
  | ChallengeFrame
  | UnknownFrame;

/** What can be wrong with the bytes of a shim. */
export type WireErrorCode =
  /** The stream ended or went on without a handshake. */
  | "WIRE_NO_HANDSHAKE"
  /** The other side speaks another version. */
  | "WIRE_VERSION"
  /** A frame does not begin as frames do: something else writes to the same stream. */
  | "WIRE_BAD_MAGIC"
  /** A frame's length cannot be right. */
  | "WIRE_TOO_LONG"
  /** A payload is not what its type demands. */
  | "WIRE_BAD_PAYLOAD"
  /** A numbered frame is missing or came twice. */
  | "WIRE_SEQUENCE_GAP"
  /** Counts or checksum of the last frame differ from what arrived. */
  | "WIRE_MISMATCH"
  /** The stream ended before the last frame. */
  | "WIRE_TRUNCATED"
  /** Bytes came after the last frame. */
  | "WIRE_AFTER_END";

/** The bytes that came are not those of a shim. `code` says how, `details` where. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly code: WireErrorCode;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(code: WireErrorCode, message: string, details: Readonly<Record<string, string | number>> = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

export type { CancelReason };

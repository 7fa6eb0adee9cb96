import { attachProof, type AttachSecret } from "./attach-proof.ts";
import type { AttachRequest, CancelRequest, JobDocument, TerminalSize } from "./job-document.ts";
import { bootstrapSource, connectorSource, supervisorSource } from "./python-sources.ts";
import { DOWN, DOWN_HEADER_SIZE } from "./wire.ts";

/**
 * The command that waits for the shim on its standard input. It holds nothing about the job, so it may stand in a container's
 * configuration and in process lists.
 *
 * @param python the interpreter, 3.6 or newer, in the image or on the host
 */
export function bootstrapCommand(python = "python3"): string[] {
  return [python, "-I", "-S", "-c", bootstrapSource];
}

/**
 * The command that carries a conversation to the door of a running job, in its container: standard input goes in, what comes out goes to standard output. It says
 * on standard error why it could not, with exit code 69.
 *
 * @param id that of the job document
 */
export function connectorCommand(id: string, python = "python3"): string[] {
  return [python, "-I", "-S", "-c", connectorSource, id];
}

/** What the bootstrap command reads first: the shim itself. Frames may follow at once. */
export function deliver(): Buffer {
  delivered ??= withLength(Buffer.from(supervisorSource, "utf8"));
  return delivered;
}

let delivered: Buffer | undefined;

function withLength(source: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${source.length}\n`, "latin1"), source]);
}

/** The job. It is the first frame and there is only one. */
export function encodeJob(job: JobDocument): Buffer {
  return jsonFrame(DOWN.job, job);
}

/** Data for the tool's standard input. */
export function encodeStdin(data: Uint8Array | string): Buffer {
  return frame(DOWN.stdin, typeof data === "string" ? Buffer.from(data, "utf8") : data);
}

/** The end of the tool's standard input (end-of-file character on a terminal). */
export function encodeStdinEof(): Buffer {
  return frame(DOWN.stdinEof);
}

/** The new size of the tool's terminal. */
export function encodeResize(size: TerminalSize): Buffer {
  return jsonFrame(DOWN.resize, { rows: size.rows, cols: size.cols });
}

/** A signal, by its name, for the tool's process group. */
export function encodeSignal(signal: string): Buffer {
  return jsonFrame(DOWN.signal, { signal });
}

/** Ends the job: SIGINT now, SIGTERM half-way, SIGKILL to everything when the grace is over. */
export function encodeCancel(cancel: CancelRequest): Buffer {
  return jsonFrame(DOWN.cancel, { grace: cancel.grace, why: cancel.why });
}

/** Every numbered frame up to and including this one is stored; the shim may forget them. `state` is for a later owner, who gets it with the frames after this one. */
export function encodeAck(sequence: number, state = ""): Buffer {
  const payload = Buffer.alloc(8 + Buffer.byteLength(state));
  payload.writeBigUInt64BE(BigInt(sequence));
  payload.write(state, 8);
  return frame(DOWN.ack, payload);
}

/** The first frame on the job's door, the answer to its challenge. */
export function encodeAttach(secret: AttachSecret, request: AttachRequest = {}): Buffer {
  return jsonFrame(DOWN.attach, { ...request, nonce: secret.own, mac: attachProof(secret, request) });
}

/** The owner leaves on purpose: no lease clock. */
export function encodeDetach(): Buffer {
  return frame(DOWN.detach);
}

function jsonFrame(type: number, value: unknown): Buffer {
  return frame(type, Buffer.from(JSON.stringify(value), "utf8"));
}

function frame(type: number, payload: Uint8Array = empty): Buffer {
  const result = Buffer.allocUnsafe(DOWN_HEADER_SIZE + payload.length);
  result.writeUInt8(type, 0);
  result.writeUInt32BE(payload.length, 1);
  result.set(payload, DOWN_HEADER_SIZE);
  return result;
}

const empty = new Uint8Array(0);

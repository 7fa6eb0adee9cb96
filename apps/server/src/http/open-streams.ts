import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { RunnerError } from "@distronode-runner/contract";
import type { FastifyReply } from "fastify";
import type { Limits } from "../load/limits.ts";
import { disconnectStalled } from "./stalled-reader.ts";

type Chunks = (signal: AbortSignal) => AsyncIterable<string | Uint8Array>;

/** The answers that go on for as long as a job does. */
export class OpenStreams {
  readonly #streams = new Set<Promise<void>>();
  readonly #limits: Pick<Limits, "streams" | "stallSeconds">;

  constructor(limits: Pick<Limits, "streams" | "stallSeconds">) {
    this.#limits = limits;
  }

  /**
   * Sends chunks as they come, headers at once. When the client goes away only this stream ends: `chunks` gets a signal for it, so that
   * a wait for the next entry ends too.
   *
   * @throws RunnerError `TOO_MANY_REQUESTS`, before anything is sent
   */
  async send(reply: FastifyReply, contentType: string, chunks: Chunks): Promise<void> {
    if (this.#streams.size >= this.#limits.streams) throw new RunnerError("TOO_MANY_REQUESTS", `The server has ${this.#limits.streams} streams open already.`, { hint: "Close streams that are not needed, or ask again when Retry-After is over." });
    const sending = send(reply, contentType, chunks, this.#limits.stallSeconds);
    this.#streams.add(sending);
    await sending.finally(() => this.#streams.delete(sending));
  }

  /** Resolves when all have ended; a client that does not read is waited for no longer than `milliseconds`. */
  async drain(milliseconds: number): Promise<void> {
    const patience = new AbortController();
    await Promise.race([Promise.all(this.#streams), sleep(milliseconds, undefined, { signal: patience.signal }).catch(() => {})]);
    patience.abort();
  }
}

async function send(reply: FastifyReply, contentType: string, chunks: Chunks, stallSeconds: number): Promise<void> {
  const gone = new AbortController();
  reply.hijack();
  reply.raw.once("close", () => gone.abort());
  // Without `close` the connection would outlive its stream, and hold up a server that is stopping.
  reply.raw.writeHead(200, { "content-type": contentType, "cache-control": "no-store", connection: "close", "x-accel-buffering": "no", "x-content-type-options": "nosniff" });
  reply.raw.flushHeaders();
  disconnectStalled(reply.raw, stallSeconds);
  try {
    // One chunk ahead and no more: entries can be large, and a reader slow.
    await pipeline(Readable.from(pieces(chunks(gone.signal)), { objectMode: true, highWaterMark: 1 }), reply.raw);
  } catch (error) {
    if (!gone.signal.aborted) reply.log.error({ err: error }, "a stream broke");
    reply.raw.destroy();
  }
}

const pieceBytes = 64 * 1024;

/** Cut small, so that a reader that takes its time over a large entry is seen to take something. */
async function* pieces(chunks: AsyncIterable<string | Uint8Array>): AsyncGenerator<string | Uint8Array> {
  for await (const chunk of chunks) {
    // So many characters may be thrice as many bytes.
    if (chunk.length <= pieceBytes / 4) {
      yield chunk;
      continue;
    }
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    for (let start = 0; start < bytes.length; start += pieceBytes) yield bytes.subarray(start, start + pieceBytes);
  }
}

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyReply } from "fastify";

/** The answers that go on for as long as a job does. */
export class OpenStreams {
  readonly #streams = new Set<Promise<void>>();

  /**
   * Sends chunks as they come, headers at once. When the client goes away only this stream ends: `chunks` gets a signal for it, so that
   * a wait for the next entry ends too.
   */
  async send(reply: FastifyReply, contentType: string, chunks: (signal: AbortSignal) => AsyncIterable<string | Uint8Array>): Promise<void> {
    const sending = send(reply, contentType, chunks);
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

async function send(reply: FastifyReply, contentType: string, chunks: (signal: AbortSignal) => AsyncIterable<string | Uint8Array>): Promise<void> {
  const gone = new AbortController();
  reply.hijack();
  reply.raw.once("close", () => gone.abort());
  // Without `close` the connection would outlive its stream, and hold up a server that is stopping.
  reply.raw.writeHead(200, { "content-type": contentType, "cache-control": "no-store", connection: "close", "x-accel-buffering": "no", "x-content-type-options": "nosniff" });
  reply.raw.flushHeaders();
  try {
    await pipeline(Readable.from(chunks(gone.signal), { objectMode: true }), reply.raw);
  } catch (error) {
    if (!gone.signal.aborted) reply.log.error({ err: error }, "a stream broke");
    reply.raw.destroy();
  }
}

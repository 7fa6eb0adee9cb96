import { setTimeout as sleep } from "node:timers/promises";
import { RunnerError } from "@distronode-runner/contract";
import type { FastifyReply } from "fastify";
import type { Limits } from "../load/limits.ts";
import type { OpenPieces } from "../streams/piece.ts";
import { sendPieces } from "../streams/send-pieces.ts";
import { Slots } from "../streams/slots.ts";
import { disconnectStalled } from "./stalled-reader.ts";

/** What is sent, and how. */
export interface StreamedAnswer {
  readonly contentType: string;
  /** Before everything else. */
  readonly preamble?: string;
  /** Number of the first entry. */
  readonly from: number;
  /** Gets a signal for the client's going away, so that a wait for the next entry ends too. */
  readonly pieces: OpenPieces;
}

/** Readers that catch up with a journal at the same moment. */
const catchingUp = 1;

/** The answers that go on for as long as a job does. */
export class OpenStreams {
  readonly #streams = new Set<Promise<void>>();
  readonly #slots = new Slots(catchingUp);
  readonly #limits: Pick<Limits, "streams" | "stallSeconds">;

  constructor(limits: Pick<Limits, "streams" | "stallSeconds">) {
    this.#limits = limits;
  }

  /**
   * Sends pieces as they come, headers at once. When the client goes away only this stream ends.
   *
   * @throws RunnerError `TOO_MANY_REQUESTS`, before anything is sent
   */
  async send(reply: FastifyReply, answer: StreamedAnswer): Promise<void> {
    if (this.#streams.size >= this.#limits.streams) throw new RunnerError("TOO_MANY_REQUESTS", `The server has ${this.#limits.streams} streams open already.`, { hint: "Close streams that are not needed, or ask again when Retry-After is over." });
    const sending = send(reply, answer, this.#limits.stallSeconds, this.#slots);
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

async function send(reply: FastifyReply, { contentType, preamble, from, pieces }: StreamedAnswer, stallSeconds: number, slots: Slots): Promise<void> {
  const { raw } = reply;
  const gone = new AbortController();
  const closed = Promise.withResolvers<void>();
  reply.hijack();
  raw.once("close", () => {
    gone.abort();
    closed.resolve();
  });
  raw.on("error", () => {});
  // Without `close` the connection would outlive its stream, and hold up a server that is stopping.
  raw.writeHead(200, { "content-type": contentType, "cache-control": "no-store", connection: "close", "x-accel-buffering": "no", "x-content-type-options": "nosniff" });
  if (reply.request.method === "HEAD") {
    raw.end();
    return;
  }
  raw.flushHeaders();
  disconnectStalled(raw, stallSeconds);
  try {
    if (preamble !== undefined) raw.write(preamble);
    await sendPieces(raw, pieces, { from, signal: gone.signal, slots });
    raw.end();
    await closed.promise;
  } catch (error) {
    if (!gone.signal.aborted) reply.log.error({ err: error }, "a stream broke");
    raw.destroy();
  }
}

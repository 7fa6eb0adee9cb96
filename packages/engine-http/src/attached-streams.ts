import type { Duplex, Readable } from "node:stream";
import { asRunnerError, RunnerError, type Attachment, type OutputChunk } from "@distronode-runner/contract";
import { pause } from "./abort.ts";
import { FrameDecoder } from "./frames.ts";

/** So much is read ahead of the consumer; then the engine has to wait, and through it the container. */
const readAhead = 1024 * 1024;

export interface AttachedStreamsOptions {
  /**
   * Asked when the stream has ended: a service that was killed looks just like a container that closed its streams. Rejects if this was
   * not the end.
   */
  readonly confirmEnd?: () => Promise<void>;
}

/** The streams of a container over an upgraded connection. */
export class AttachedStreams implements Attachment {
  readonly output: AsyncIterable<OutputChunk>;
  /** Resolves when the stream has ended or was closed. */
  readonly ended: Promise<void>;
  readonly #input: Duplex;
  readonly #source: Readable;
  readonly #confirmEnd: () => Promise<void>;
  readonly #decoder = new FrameDecoder();
  readonly #ended = Promise.withResolvers<void>();
  #queue: OutputChunk[] = [];
  #queued = 0;
  #failure: unknown;
  #finished = false;
  #closed = false;
  /** `hold`: at most `readAhead` is kept. `keep`: everything. `drop`: nobody reads any more. */
  #mode: "hold" | "keep" | "drop" = "hold";
  #wake: () => void = () => {};

  constructor(input: Duplex, source: Readable, options: AttachedStreamsOptions = {}) {
    this.#input = input;
    this.#source = source;
    this.#confirmEnd = options.confirmEnd ?? (() => Promise.resolve());
    this.ended = this.#ended.promise;
    this.output = this.#read();
    source.on("data", (bytes: Uint8Array) => this.#take(bytes));
    source.on("error", (error) => this.#finish(error));
    source.once("end", () => this.#finish());
    source.once("close", () => this.#finish());
  }

  get hasEnded(): boolean {
    return this.#finished;
  }

  /** What has arrived and was not read yet, of both streams, as text. It can still be read. */
  unread(): string {
    return Buffer.concat(this.#queue.map(({ bytes }) => bytes)).toString();
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed || this.#input.destroyed) return reject(this.#deaf());
      this.#input.write(bytes, (error) => (error == null ? resolve() : reject(this.#deaf(error))));
    });
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#input.destroyed || this.#input.writableEnded) return resolve();
      this.#input.once("close", () => resolve());
      this.#input.end(() => resolve());
    });
  }

  /** Reads on without bounds: the engine can not remove a container while it has output that nobody takes. */
  release(): void {
    if (this.#mode === "hold") this.#mode = "keep";
    this.#source.resume();
  }

  /** The container has been removed: what was under way still comes, then the stream ends, whether the engine ends it or not. */
  async endSoon(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, this.ended);
    if (this.#finished) return;
    this.#finish();
    this.#input.destroy();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#drop();
    this.#input.destroy();
    this.#source.destroy();
    this.#finish();
    return Promise.resolve();
  }

  async *#read(): AsyncGenerator<OutputChunk, void, undefined> {
    try {
      for (;;) {
        const chunks = this.#queue;
        this.#queue = [];
        for (const chunk of chunks) {
          if (this.#closed) return;
          this.#queued -= chunk.bytes.length;
          // At once, not when all has been taken: Docker keeps the last words of a container that has exited for two seconds.
          if (this.#queued <= readAhead) this.#source.resume();
          yield chunk;
        }
        if (this.#queue.length > 0) continue;
        if (this.#finished) break;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
      if (this.#closed) return;
      if (this.#failure !== undefined) throw asRunnerError(this.#failure, "ENGINE_UNAVAILABLE");
      await this.#confirmEnd();
      if (!this.#decoder.complete) throw new RunnerError("ENGINE_UNAVAILABLE", "The engine cut the output in the middle of a frame.");
    } finally {
      this.#drop();
    }
  }

  #take(bytes: Uint8Array): void {
    if (this.#mode === "drop") return;
    try {
      for (const chunk of this.#decoder.push(bytes)) {
        this.#queue.push(chunk);
        this.#queued += chunk.bytes.length;
      }
    } catch (error) {
      this.#finish(error);
      this.#drop();
      return;
    }
    if (this.#mode === "hold" && this.#queued > readAhead) this.#source.pause();
    this.#wake();
  }

  /** What still comes flows away unread, so that a consumer who has left holds nobody up. */
  #drop(): void {
    this.#mode = "drop";
    this.#source.resume();
  }

  #finish(failure?: unknown): void {
    if (!this.#finished) this.#failure = failure;
    this.#finished = true;
    this.#wake();
    this.#ended.resolve();
  }

  #deaf(cause?: unknown): RunnerError {
    return new RunnerError("ENGINE_FAILED", "The container no longer takes input.", { cause });
  }
}

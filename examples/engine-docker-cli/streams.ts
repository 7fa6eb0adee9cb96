import { spawn, type ChildProcess } from "node:child_process";
import { finished } from "node:stream/promises";
import { PassThrough, Transform } from "node:stream";
import type { Attachment, OutputChunk } from "@distronode-runner/contract";

/** The streams of one container, from before the program runs that carries them. */
export class Streams implements Attachment {
  readonly output: AsyncIterable<OutputChunk>;
  readonly #input = new PassThrough();
  readonly #merged = new PassThrough({ objectMode: true });
  #child: ChildProcess | undefined;

  constructor() {
    this.#input.on("error", () => {});
    this.output = this.#read();
  }

  /** Starts the program; resolves with true when it has ended. In a session of its own, Ctrl-C in a terminal does not reach it. */
  connect(program: string, words: readonly string[]): Promise<true> {
    const child = spawn(program, words, { stdio: "pipe", detached: true });
    this.#child = child;
    child.stdin.on("error", () => {});
    this.#input.pipe(child.stdin);
    const parts = (["stdout", "stderr"] as const).map((stream) => {
      const part = new Transform({ readableObjectMode: true, transform: (bytes: Uint8Array, _encoding, done) => done(null, { stream, bytes }) });
      child[stream].pipe(part).pipe(this.#merged, { end: false });
      return finished(part);
    });
    void Promise.allSettled(parts).then(() => this.#merged.end());
    return new Promise((resolve) => {
      child.once("error", () => resolve(true));
      child.once("close", () => resolve(true));
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => this.#input.write(bytes, (error) => (error ? reject(error) : resolve())));
  }

  end(): Promise<void> {
    this.#input.end();
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#input.end();
    this.finish();
    return Promise.resolve();
  }

  /** Ends the reading. What comes later flows away, so that it does not hold the container up. */
  finish(): void {
    for (const stream of [this.#child?.stdout, this.#child?.stderr]) stream?.unpipe().resume();
    this.#merged.end();
  }

  async *#read(): AsyncIterable<OutputChunk> {
    try {
      for await (const chunk of this.#merged) yield chunk as OutputChunk;
    } finally {
      this.finish();
    }
  }
}

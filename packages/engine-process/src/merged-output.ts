import type { Readable } from "node:stream";
import type { OutputChunk } from "@distronode-runner/contract";

/**
 * Chunks of both streams as they come, each stream in its own order; a slow consumer holds both back. It listens from the start: Node throws away
 * what a process has said and nobody has asked for when the process exits.
 */
export class MergedOutput {
  readonly #streams: readonly Readable[];
  readonly #queue: OutputChunk[] = [];
  #open = 2;
  #released = false;
  #wake: () => void = () => {};

  constructor(stdout: Readable, stderr: Readable) {
    this.#streams = [stdout, stderr];
    for (const [stream, from] of [["stdout", stdout], ["stderr", stderr]] as const) {
      from.on("data", (bytes: Uint8Array) => {
        if (this.#released) return;
        this.#queue.push({ stream, bytes });
        for (const each of this.#streams) each.pause();
        this.#wake();
      });
      from.once("close", () => {
        this.#open -= 1;
        this.#wake();
      });
      from.on("error", () => {});
    }
  }

  async *read(): AsyncIterable<OutputChunk> {
    try {
      for (;;) {
        for (let chunk = this.#queue.shift(); chunk !== undefined; chunk = this.#queue.shift()) yield chunk;
        if (this.#open === 0 || this.#released) return;
        const awake = new Promise<void>((resolve) => (this.#wake = resolve));
        this.#flow();
        await awake;
      }
    } finally {
      this.release();
    }
  }

  /** Ends the reading and lets the rest flow away unread: closing the pipes would hit the job. */
  release(): void {
    this.#released = true;
    this.#queue.length = 0;
    this.#flow();
    this.#wake();
  }

  #flow(): void {
    for (const stream of this.#streams) stream.resume();
  }
}

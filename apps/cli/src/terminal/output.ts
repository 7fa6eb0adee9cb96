import type { Writable } from "node:stream";

/**
 * Writes to a stream that may be slow or go away. Slow: `write` returns a promise to wait for. Gone (`| head` has read enough, the
 * terminal was closed, the disk is full): what is written from then on is dropped, and `watchStdout` tells whether that is a fault.
 */
export class Output {
  readonly #stream: Writable;
  #gone = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("error", () => {
      this.#gone = true;
    });
  }

  get gone(): boolean {
    return this.#gone || this.#stream.destroyed;
  }

  write(text: string | Uint8Array): Promise<void> | undefined {
    if (text.length === 0 || this.gone) return undefined;
    return this.#stream.write(text) ? undefined : this.flush();
  }

  /** Resolves when everything written so far has left this process, or nobody is there to take it. */
  flush(): Promise<void> {
    if (this.gone) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#stream.off("error", done);
        this.#stream.off("close", done);
        resolve();
      };
      this.#stream.once("error", done);
      this.#stream.once("close", done);
      this.#stream.write("", done);
    });
  }
}

import { spawn, type ChildProcess } from "node:child_process";
import { PassThrough, type Readable } from "node:stream";
import { RunnerError, type Attachment, type OutputChunk } from "@distronode-runner/contract";
import { lookUntil } from "./look-until.ts";

/** So many bytes are read ahead of the consumer; then the command has to wait, and through it the container. */
const readAhead = 1024 * 1024;

/** The streams of a container, from before the command runs that carries them. Node itself throws away what a process said and nobody has asked for when it exits. */
export class CommandStreams implements Attachment {
  readonly output: AsyncIterable<OutputChunk>;
  readonly #input = new PassThrough();
  #child: ChildProcess | undefined;
  #queue: OutputChunk[] = [];
  #queued = 0;
  #limit = readAhead;
  #finished = false;
  #wake: () => void = () => {};

  constructor() {
    this.#input.on("error", () => {});
    this.output = this.#read();
  }

  /** Runs the command, in a session of its own, so that Ctrl-C in a terminal does not reach it. Resolves when it and its streams have ended. */
  connect(program: string, words: readonly string[]): Promise<void> {
    const child = spawn(program, words, { stdio: "pipe", detached: true });
    this.#child = child;
    child.stdin.on("error", () => {});
    this.#input.pipe(child.stdin);
    for (const stream of ["stdout", "stderr"] as const) child[stream].on("data", (bytes: Uint8Array) => this.#take({ stream, bytes }));
    return new Promise((resolve) => {
      const ended = (): void => {
        this.#finished = true;
        this.#input.destroy();
        this.#wake();
        resolve();
      };
      child.once("error", ended);
      child.once("close", ended);
    });
  }

  /** The same for a command that does not say when it has done what others wait for: resolves when `done` says so, with false if the command has ended before. */
  connectUntil(program: string, words: readonly string[], done: () => Promise<boolean>): Promise<boolean> {
    let ended = false;
    void this.connect(program, words).then(() => (ended = true));
    return lookUntil(async () => {
      const late = ended;
      return (await done()) ? true : late ? false : undefined;
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => this.#input.write(bytes, (cause) => (cause ? reject(new RunnerError("ENGINE_FAILED", "The container no longer takes input.", { cause })) : resolve())));
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

  /** Takes and keeps all that comes, read or not: a container that is to end can not while nobody takes its output. */
  release(): void {
    this.#limit = Infinity;
    this.#flow();
  }

  /** Ends the reading; what still comes flows away. */
  finish(): void {
    this.#finished = true;
    this.#limit = 0;
    this.#flow();
    this.#wake();
  }

  async *#read(): AsyncGenerator<OutputChunk, void, undefined> {
    try {
      for (;;) {
        const chunks = this.#queue;
        this.#queue = [];
        for (const chunk of chunks) {
          if (this.#limit === 0) return;
          this.#queued -= chunk.bytes.length;
          // At once, not when all has been taken: an engine may keep the last words of a container that has exited for a short time only.
          if (this.#queued <= this.#limit) this.#flow();
          yield chunk;
        }
        if (this.#queue.length > 0) continue;
        if (this.#finished) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.finish();
    }
  }

  #take(chunk: OutputChunk): void {
    if (this.#limit === 0) return;
    this.#queue.push(chunk);
    this.#queued += chunk.bytes.length;
    if (this.#queued > this.#limit) for (const stream of this.#outputs()) stream.pause();
    this.#wake();
  }

  #flow(): void {
    for (const stream of this.#outputs()) stream.resume();
  }

  #outputs(): readonly Readable[] {
    return [this.#child?.stdout, this.#child?.stderr].filter((stream) => stream != null);
  }
}

import { abortable, RunnerError, type Attachment, type ContainerExit, type ContainerPhase, type ContainerSpec, type EngineSignal, type ExecSession, type ExecSpec, type OutputChunk } from "@distronode-runner/contract";
import { Pipe } from "./pipe.ts";
import type { Program } from "./program.ts";

/** One container: a program, its streams and its phase. */
export class MemoryContainer {
  readonly id: string;
  readonly spec: ContainerSpec;
  /** Its own, by path. */
  readonly files: Map<string, Uint8Array>;
  phase: ContainerPhase = "created";
  readonly exited: Promise<ContainerExit>;
  readonly #exit = Promise.withResolvers<ContainerExit>();
  readonly #killed = Promise.withResolvers<number>();
  readonly #signals = new AbortController();
  readonly #stdin = new Pipe<Uint8Array>((bytes) => bytes.length);
  readonly #readers = new Set<Pipe<OutputChunk>>();

  constructor(id: string, spec: ContainerSpec, files: Map<string, Uint8Array> = new Map()) {
    this.id = id;
    this.files = files;
    this.spec = spec;
    this.exited = this.#exit.promise;
    this.exited.catch(() => {});
  }

  attach(): Attachment {
    const reader = new Pipe<OutputChunk>((chunk) => chunk.bytes.length);
    if (this.phase === "exited") reader.end();
    this.#readers.add(reader);
    let closed = false;
    return {
      write: async (bytes) => {
        if (closed || this.#stdin.ended || this.phase === "exited") throw new RunnerError("ENGINE_FAILED", "The container no longer takes input.", { cause: new Error("EPIPE") });
        await this.#stdin.write(Uint8Array.from(bytes));
      },
      end: () => {
        this.#stdin.end();
        return Promise.resolve();
      },
      output: reader.read(),
      close: () => {
        if (!closed) {
          closed = true;
          this.#readers.delete(reader);
          reader.drop();
          this.#stdin.end();
        }
        return Promise.resolve();
      },
    };
  }

  start(program: Program, argv: readonly string[]): void {
    if (this.phase !== "created") return;
    this.phase = "running";
    void this.#run(program, argv);
  }

  /** One more program over the same files: a container of its own but for those, which ends with this one. */
  exec(program: Program, argv: readonly string[], { environment, user, workdir }: ExecSpec): ExecSession {
    const asked = { ...(user === undefined ? {} : { user }), ...(workdir === undefined ? {} : { workdir }) };
    const inner = new MemoryContainer(this.id, { ...this.spec, ...asked, environment: { ...this.spec.environment, ...environment } }, this.files);
    const attachment = inner.attach();
    inner.start(program, argv);
    void this.exited.then(() => inner.signal("SIGKILL"), () => {});
    return { ...attachment, wait: async (call) => (await abortable(inner.exited, call?.signal)).exitCode! };
  }

  signal(signal: EngineSignal): void {
    if (this.phase !== "running") return;
    this.#signals.abort(signal);
    if (signal === "SIGKILL") this.#killed.resolve(137);
  }

  /** For a container that goes away: whoever waits for it learns that. */
  async discard(): Promise<void> {
    if (this.phase === "running") {
      this.signal("SIGKILL");
      await this.exited;
    }
    for (const reader of this.#readers) reader.end();
    this.#exit.reject(new RunnerError("CONTAINER_NOT_FOUND", `Container ${this.id} was removed before it exited.`, { cause: new Error("removed") }));
  }

  async #run(program: Program, argv: readonly string[]): Promise<void> {
    const say = (stream: OutputChunk["stream"]) => async (bytes: Uint8Array | string) => {
      // A turn of the event loop, as with a real pipe: a program that writes for ever must not keep everybody else waiting.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.phase !== "running") return new Promise<void>(() => {});
      const chunk = { stream, bytes: typeof bytes === "string" ? Buffer.from(bytes) : Uint8Array.from(bytes) };
      await Promise.all([...this.#readers].map((reader) => reader.write(chunk)));
    };
    const context = { stdin: this.#stdin.read(), stdout: say("stdout"), stderr: say("stderr"), signal: this.#signals.signal, argv, spec: this.spec, files: this.files };
    const running = Promise.resolve().then(() => program(context)).catch(async (error: unknown) => {
      await context.stderr(`${String(error)}\n`);
      return 1;
    });
    const exitCode = await Promise.race([running, this.#killed.promise]);
    this.phase = "exited";
    this.#stdin.end();
    for (const reader of this.#readers) reader.end();
    this.#exit.resolve({ exitCode, outOfMemory: false });
  }
}

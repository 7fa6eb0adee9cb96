import { spawn, type ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { RunnerError, type Attachment, type ContainerExit, type ContainerPhase, type ContainerSpec, type EngineSignal, type Host, type OutputChunk } from "@distronode-runner/contract";
import { killTree } from "./descendants.ts";
import { mergeOutput } from "./merge-output.ts";

/** One job: a process in a session of its own, so that the terminal's Ctrl-C reaches the runner alone. */
export class JobProcess {
  readonly spec: ContainerSpec;
  readonly exit: Promise<ContainerExit>;
  readonly release: () => Promise<void>;
  phase: ContainerPhase = "created";
  readonly #host: Host;
  readonly #spawned = Promise.withResolvers<ChildProcess>();
  readonly #exited = Promise.withResolvers<ContainerExit>();
  #child: ChildProcess | undefined;
  #attached = false;

  /** `release` frees what was made for it alone. */
  constructor(spec: ContainerSpec, host: Host, release: () => Promise<void> = () => Promise.resolve()) {
    this.spec = spec;
    this.release = release;
    this.#host = host;
    this.exit = this.#exited.promise;
    this.#spawned.promise.catch(() => {});
  }

  async start(): Promise<void> {
    const [command = "", ...argv] = this.spec.command;
    const child = spawn(command, argv, {
      cwd: this.spec.workdir ?? "/",
      env: { ...this.#host.environment, ...this.spec.environment },
      stdio: ["pipe", this.#attached ? "pipe" : "ignore", this.#attached ? "pipe" : "ignore"],
      detached: true,
    });
    // A reader that has gone shows as EPIPE here; the exit tells the rest.
    child.stdin?.on("error", () => {});
    child.once("exit", (code, signal) => {
      this.phase = "exited";
      this.#exited.resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), outOfMemory: false });
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (cause: NodeJS.ErrnoException) => {
        const error = new RunnerError("IMAGE_UNSUITABLE", `${command} can not be started on this host: ${cause.code ?? cause.message}.`, { hint: "Install Python 3.6 or newer, or run the job in a container.", cause });
        this.#spawned.reject(error);
        reject(error);
      });
    });
    this.phase = "running";
    this.#child = child;
    this.#spawned.resolve(child);
  }

  attach(): Attachment {
    this.#attached = true;
    let closed = false;
    const spawned = this.#spawned.promise;
    return {
      write: async (bytes) => {
        const { stdin } = await spawned;
        await new Promise<void>((resolve, reject) => stdin!.write(bytes, (error) => (error ? reject(new RunnerError("ENGINE_FAILED", "The job no longer reads its input.", { cause: error })) : resolve())));
      },
      end: async () => void (await spawned).stdin!.end(),
      output: outputOf(spawned),
      close: async () => {
        if (closed) return;
        closed = true;
        const child = await spawned.catch(() => undefined);
        child?.stdout?.resume();
        child?.stderr?.resume();
        child?.stdin?.destroy();
      },
    };
  }

  signal(signal: EngineSignal): void {
    const pid = this.#child?.pid;
    if (pid === undefined || this.phase !== "running") return;
    if (signal === "SIGKILL") killTree(pid);
    else process.kill(pid, signal);
  }

  /** Ends it if it runs; resolves when it has exited. */
  async stop(): Promise<void> {
    if (this.phase !== "running") return;
    this.signal("SIGKILL");
    await this.exit;
  }
}

async function* outputOf(spawned: Promise<ChildProcess>): AsyncIterable<OutputChunk> {
  const child = await spawned;
  yield* mergeOutput(child.stdout!, child.stderr!);
}

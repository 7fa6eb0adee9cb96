import { spawn, type ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { RunnerError, type Attachment, type ContainerExit, type ContainerPhase, type ContainerSpec, type EngineSignal, type Host, type OutputChunk } from "@distronode-runner/contract";
import { killTree } from "./descendants.ts";
import { enterGroup, killGroup, leaveGroup, makeGroup } from "./job-group.ts";
import { MergedOutput } from "./merged-output.ts";

/** A process that was started; without an output nobody had attached before. */
interface Started {
  readonly child: ChildProcess;
  readonly output?: MergedOutput;
}

/** What others want to hear of a process. */
export interface JobProcessWatch {
  /** As soon as there is a process, before it is known whether it can do its work. `group`: the directory of its control group, if it gets one. */
  readonly spawned?: (pid: number, group: string | undefined) => void;
  readonly exited?: (exitCode: number) => void;
}

/** One job: a process in a session of its own, so that the terminal's Ctrl-C reaches the runner alone. */
export class JobProcess {
  readonly spec: ContainerSpec;
  readonly exit: Promise<ContainerExit>;
  phase: ContainerPhase = "created";
  readonly #host: Host;
  readonly #watch: JobProcessWatch;
  /** Undefined: it was removed before it ran. */
  readonly #started = Promise.withResolvers<Started | undefined>();
  readonly #exited = Promise.withResolvers<ContainerExit>();
  readonly #groupName: string | undefined;
  #group: string | undefined;
  /** When the process is in its group; it waits for the second piece of its input until then. */
  #entered: Promise<void> = Promise.resolve();
  #written = false;
  #child: ChildProcess | undefined;
  #attached = false;

  /** `groupName`: for a control group of its own, where one can be made. */
  constructor(spec: ContainerSpec, host: Host, watch: JobProcessWatch = {}, groupName?: string) {
    this.#groupName = groupName;
    this.spec = spec;
    this.#host = host;
    this.#watch = watch;
    this.exit = this.#exited.promise;
    this.exit.catch(() => {});
    this.#started.promise.catch(() => {});
  }

  async start(): Promise<void> {
    const [command = "", ...argv] = this.spec.command;
    const group = this.#groupName === undefined ? undefined : makeGroup(this.#groupName);
    this.#group = group;
    const child = spawn(command, argv, {
      cwd: this.spec.workdir ?? "/",
      env: { ...this.#host.environment, ...this.spec.environment },
      stdio: ["pipe", this.#attached ? "pipe" : "ignore", this.#attached ? "pipe" : "ignore"],
      detached: true,
    });
    if (child.pid !== undefined) this.#watch.spawned?.(child.pid, group);
    if (group !== undefined && child.pid !== undefined) this.#entered = this.#enter(group, child.pid);
    // A reader that has gone shows as EPIPE here; the exit tells the rest.
    child.stdin?.on("error", () => {});
    const output = child.stdout === null || child.stderr === null ? {} : { output: new MergedOutput(child.stdout, child.stderr) };
    child.once("exit", (code, signal) => {
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      this.phase = "exited";
      this.#watch.exited?.(exitCode);
      this.#exited.resolve({ exitCode, outOfMemory: false });
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (cause: NodeJS.ErrnoException) => {
        const error = new RunnerError("IMAGE_UNSUITABLE", `${command} can not be started on this host: ${cause.code ?? cause.message}.`, { hint: "Install Python 3.6 or newer, or run the job in a container.", cause });
        this.#started.reject(error);
        reject(error);
      });
    });
    this.phase = "running";
    this.#child = child;
    this.#started.resolve({ child, ...output });
  }

  async #enter(group: string, pid: number): Promise<void> {
    try {
      await enterGroup(group, pid);
    } catch {
      // It does without.
      this.#group = undefined;
      await leaveGroup(group);
    }
  }

  attach(): Attachment {
    if (this.phase === "exited") return endedAttachment();
    this.#attached = true;
    const started = this.#started.promise;
    const closed = Promise.withResolvers<undefined>();
    const readable = Promise.race([started, closed.promise]);
    // Who starts the job hears of a start that fails; there may be no reader.
    readable.catch(() => {});
    return {
      write: async (bytes) => {
        const stdin = (await started)?.child.stdin;
        if (stdin === undefined || stdin === null) throw noInput();
        // First comes the program that is to do what comes then; the process is in its group before it can start another.
        if (this.#written) await this.#entered;
        this.#written = true;
        await new Promise<void>((resolve, reject) => stdin.write(bytes, (error) => (error ? reject(noInput(error)) : resolve())));
      },
      end: async () => void (await started)?.child.stdin?.end(),
      output: outputOf(readable),
      close: () => {
        closed.resolve(undefined);
        const release = (job: Started | undefined): void => {
          job?.output?.release();
          job?.child.stdin?.destroy();
        };
        void started.then(release, () => {});
        return Promise.resolve();
      },
    };
  }

  /** SIGKILL ends all that is left of it, also when the process itself has exited. */
  async signal(signal: EngineSignal): Promise<void> {
    const pid = this.#child?.pid;
    const running = pid !== undefined && this.phase === "running";
    if (signal !== "SIGKILL") {
      if (running) process.kill(pid, signal);
      return;
    }
    if (running) killTree(pid);
    await this.#entered;
    if (this.#group !== undefined) await killGroup(this.#group);
  }

  /** Ends it if it runs, and resolves when it has exited; who waits for one that never ran, learns that it is gone. */
  async stop(): Promise<void> {
    if (this.phase === "running") {
      await this.signal("SIGKILL");
      await this.exit;
    }
    await this.#entered;
    if (this.#group !== undefined) await leaveGroup(this.#group);
    this.#started.resolve(undefined);
    this.#exited.reject(new RunnerError("CONTAINER_NOT_FOUND", `The job process ${this.spec.name} was removed before it ran.`));
  }
}

async function* outputOf(started: Promise<Started | undefined>): AsyncIterable<OutputChunk> {
  const output = (await started)?.output;
  if (output !== undefined) yield* output.read();
}

/** The streams of a job that has ended. */
export const endedAttachment = (): Attachment => ({
  write: () => Promise.reject(noInput()),
  end: () => Promise.resolve(),
  output: outputOf(Promise.resolve(undefined)),
  close: () => Promise.resolve(),
});

function noInput(cause?: Error): RunnerError {
  return new RunnerError("ENGINE_FAILED", "The job no longer reads its input.", cause === undefined ? {} : { cause });
}

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";

import { bootstrapCommand, createDecoder, deliver, encodeAck, encodeJob } from "../src/index.ts";
import type { Decoder, Frame, JobDocument, NoticePayload } from "../src/index.ts";

/** The interpreter of the tests: the system's, which starts faster than those of version managers. */
export const python: string = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

/** A job that runs a shell script and asks for nothing. */
export function shellJob(script: string, changes: Partial<JobDocument> = {}): JobDocument {
  return {
    version: 1,
    ident: "test",
    argv: ["sh", "-c", script],
    candidates: [],
    env: {},
    inheritEnvironment: true,
    cwd: "/tmp",
    tty: null,
    stdin: "null",
    mergeStderr: true,
    files: {},
    events: null,
    clocks: { job: 0, idle: 0, grace: 10, lease: 5, heartbeat: 0, linger: 0.5 },
    ownerGone: "cancel",
    limits: { memoryBytes: 16 * 1024 * 1024, spillBytes: 1024 * 1024 * 1024 },
    ...changes,
  };
}

/**
 * A job that prints `up`, then waits and ends at the first SIGINT. No shell's, because dash loses a SIGINT that comes while it starts a program: about one in
 * thirty of those that are sent as soon as `up` is read.
 */
export function interruptibleJob(changes: Partial<JobDocument> = {}): JobDocument {
  const script = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_DFL); print('up', flush=True); time.sleep(300)";
  return shellJob("", { argv: [python, "-c", script], ...changes });
}

type Of<T extends Frame["type"]> = Extract<Frame, { readonly type: T }>;

/** A shim that runs, and all that it said. */
export class ShimProcess {
  readonly child: ChildProcess;
  readonly decoder: Decoder = createDecoder();
  readonly frames: Frame[] = [];
  /** Resolves to the exit code of the shim itself. */
  readonly exit: Promise<number | null>;
  acknowledge = true;
  stderr = "";
  #failure: unknown;
  #wake: (() => void)[] = [];

  constructor(job?: JobDocument, env: NodeJS.ProcessEnv = process.env, uid?: number) {
    const [command = "", ...args] = bootstrapCommand(python);
    this.child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env, ...(uid === undefined ? {} : { uid, gid: uid, cwd: "/" }) });
    this.child.stdin?.on("error", () => {});
    this.exit = new Promise((resolve) => this.child.on("close", (code) => resolve(code)));
    this.child.stdout?.on("data", (chunk: Buffer) => this.#take(chunk));
    this.child.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.child.on("close", () => this.#notify());
    this.write(deliver());
    if (job) this.write(encodeJob(job));
  }

  write(data: Buffer): void {
    this.child.stdin?.write(data);
  }

  /** The first frame of this type, as soon as it is there. */
  async frame<T extends Frame["type"]>(type: T): Promise<Of<T>> {
    for (;;) {
      const found = this.frames.find((frame): frame is Of<T> => frame.type === type);
      if (found) return found;
      if (this.#failure) throw this.#failure;
      if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(`the shim ended without ${type}: ${this.stderr}`);
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Resolves when the output contains this text. */
  async printed(text: string): Promise<void> {
    while (!this.output().includes(text)) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  /** What the notices said. */
  notices(): NoticePayload[] {
    return this.frames.flatMap((frame) => (frame.type === "notice" ? [frame.data] : []));
  }

  output(type: "stdout" | "stderr" = "stdout"): Buffer {
    return Buffer.concat(this.frames.flatMap((frame) => (frame.type === type && "bytes" in frame ? [frame.bytes] : [])));
  }

  #take(chunk: Buffer): void {
    try {
      this.frames.push(...this.decoder.push(chunk));
      const { position } = this.decoder;
      if (this.acknowledge && position.sequence > 0) this.write(encodeAck(position.sequence, JSON.stringify(position)));
    } catch (error) {
      this.#failure = error;
    }
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}

const running = new Set<ShimProcess>();

/** A shim that `endShims` ends. */
export function start(job?: JobDocument, env?: NodeJS.ProcessEnv, uid?: number): ShimProcess {
  const shim = new ShimProcess(job, env, uid);
  running.add(shim);
  return shim;
}

/** For `afterEach`. */
export async function endShims(): Promise<void> {
  for (const shim of running) {
    shim.child.stdin?.destroy();
    shim.child.kill("SIGTERM");
    shim.child.stdout?.resume();
    await shim.exit;
    // Whatever became of the job, its directory is gone.
    for (const frame of shim.frames) if (frame.type === "ready" && existsSync(frame.data.jobDir)) throw new Error(`${frame.data.jobDir} was left`);
  }
  running.clear();
}

/** Whether a process exists and is no zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  const { readFile } = await import("node:fs/promises");
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  return stat !== "" && !/\) [ZX] /.test(stat);
}

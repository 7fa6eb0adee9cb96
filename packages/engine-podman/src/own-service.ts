import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { RunnerError, type CallOptions, type Host } from "@distronode-runner/contract";
import { pause } from "@distronode-runner/engine-http";
import { directoryPrefix, sweep } from "./sweep.ts";

/** How long a service may take until it listens. */
const patience = 30_000;

/**
 * Starts the service and waits for the first of two ends. Our own end, however it comes, closes the pipe that the watcher reads: then
 * the service is told to go, and made to if it does not. When it has gone, so does its directory. The second shell does both when the first was killed, whose end
 * closes that pipe too.
 */
const keeper = `
dir=$1; shift
exec 3<&0 </dev/null
"$@" 3<&- >/dev/null 2>"$dir/log" &
service=$!
( read -r _ <&3; kill "$service"; n=0; while [ $n -lt 30 ] && kill -0 "$service"; do sleep 0.1; n=$((n+1)); done; kill -9 "$service"; rm -rf "$dir" ) 2>/dev/null &
watcher=$!
exec 3<&-
wait "$service"; code=$?
kill "$watcher" 2>/dev/null
[ $code = 0 ] || [ -S "$dir/podman.sock" ] || cat "$dir/log" >&2
rm -rf "$dir"
exit $code
`;

/** A `podman system service` that lives as long as this object, and not longer than this process. */
export class OwnService {
  readonly socket: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #said = "";

  /** Resolves when the service listens. */
  static async start(executable: string, host: Host, options?: CallOptions): Promise<OwnService> {
    const { spawn } = await import("node:child_process");
    const directory = await privateDirectory(host);
    const socket = join(directory, "podman.sock");
    const child = spawn("/bin/sh", ["-c", keeper, "podman-service", directory, executable, "system", "service", "--time=0", `unix://${socket}`], {
      // Where a container runs out of memory, its monitor leaves a file named oom in the directory that the service was started in.
      cwd: directory,
      env: ownEnvironment(host),
      stdio: ["pipe", "ignore", "pipe"],
      // A Ctrl-C at the terminal is for the runner, which still needs the service to end its jobs.
      detached: true,
    });
    const service = new OwnService(child, socket);
    try {
      await service.#listening(options?.signal);
    } catch (error) {
      await service.stop();
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
    return service;
  }

  private constructor(child: ChildProcess, socket: string) {
    this.socket = socket;
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once("close", () => resolve());
      child.once("error", (error) => {
        this.#said = error.message;
        resolve();
      });
    });
    child.stdin!.on("error", () => {});
    child.stderr!.on("data", (bytes: Buffer) => (this.#said = (this.#said + bytes.toString()).slice(-2000)));
    // A program that forgets to close its engine still ends.
    child.unref();
    (child.stdin as unknown as { unref(): void }).unref();
    (child.stderr as unknown as { unref(): void }).unref();
  }

  get running(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when the service and its directory are gone. */
  async stop(): Promise<void> {
    this.#child.stdin!.end();
    await this.#end();
    await sweep(dirname(dirname(this.socket)), basename(dirname(this.socket)));
  }

  /** Waits for the end. What it waits for keeps the process alive again: otherwise that could end first, without a word. */
  async #end(): Promise<void> {
    this.#child.ref();
    (this.#child.stderr as unknown as { ref(): void }).ref();
    await this.#exited;
  }

  async #listening(signal: AbortSignal | undefined): Promise<void> {
    const deadline = performance.now() + patience;
    while (!(await this.#accepts())) {
      if (!this.running) {
        await this.#end();
        throw new RunnerError("ENGINE_UNAVAILABLE", `podman system service does not start: ${this.#said.trim().split("\n").at(-1) ?? ""}`, { hint: "Run podman info by hand to see what podman is missing." });
      }
      if (performance.now() > deadline) throw new RunnerError("ENGINE_UNAVAILABLE", `podman system service does not listen after ${patience / 1000} seconds.`);
      await pause(4, signal);
    }
  }

  /** The socket is there a moment before anybody listens. */
  async #accepts(): Promise<boolean> {
    const { connect } = await import("node:net");
    return new Promise((resolve) => {
      const probe = connect(this.socket);
      probe.once("connect", () => resolve(true));
      probe.once("error", () => resolve(false));
      probe.once("connect", () => probe.destroy());
    });
  }
}

/** Without the variables that send podman to a service elsewhere: also an empty one does. */
function ownEnvironment({ environment }: Host): NodeJS.ProcessEnv {
  const { CONTAINER_HOST: _host, CONTAINER_CONNECTION: _connection, ...rest } = environment;
  return rest;
}

/** Short, as the path of a socket must be, and this user's alone. */
async function privateDirectory(host: Host): Promise<string> {
  const runtime = host.environment["XDG_RUNTIME_DIR"];
  const preferred = runtime === undefined ? undefined : await mkdtemp(join(runtime, directoryPrefix)).catch(() => undefined);
  return preferred ?? mkdtemp(join(host.environment["TMPDIR"] || "/tmp", directoryPrefix));
}

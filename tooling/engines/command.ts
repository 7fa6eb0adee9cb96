import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";

export interface Ended {
  /** As a shell would say it: 128 + number for a signal, 127 when the program could not be started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A file that is its standard input; nothing unless given. */
  readonly input?: string;
  /** The caller's terminal instead of captured text. */
  readonly show?: boolean;
  readonly timeoutSeconds?: number;
}

const running = new Set<ChildProcess>();

/** Runs a program to its end. It never rejects: the caller decides what an exit code means. */
export function command(argv: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const [program, ...rest] = argv as [string, ...string[]];
  const input = options.input === undefined ? undefined : openSync(options.input, "r");
  const child = spawn(program, rest, {
    stdio: options.show === true ? ["inherit", "inherit", "inherit"] : [input ?? "ignore", "pipe", "pipe"],
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    ...(options.timeoutSeconds === undefined ? {} : { timeout: options.timeoutSeconds * 1000 }),
  });
  if (input !== undefined) closeSync(input);
  running.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve) => {
    const end = (code: number): void => {
      running.delete(child);
      resolve({ code, stdout, stderr });
    };
    child.once("error", (error) => {
      stderr += error.message;
      end(127);
    });
    child.once("close", (code, signal) => end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/** Ends whatever runs now. Ctrl-C has reached it already and a second one would cut short its own cleaning up, so time is given first. */
export async function endRunning(patienceSeconds: number): Promise<void> {
  const children = [...running];
  const closed = Promise.all(children.map((child) => new Promise((resolve) => child.once("close", resolve))));
  const send = (signal: NodeJS.Signals, afterSeconds: number) => setTimeout(() => children.forEach((child) => child.kill(signal)), afterSeconds * 1000);
  const timers = [send("SIGTERM", patienceSeconds), send("SIGKILL", patienceSeconds + 15)];
  await closed;
  timers.forEach(clearTimeout);
}

import { readFileSync, readlinkSync } from "node:fs";
import { asRunnerError } from "@distronode-runner/contract";

/** One process of this machine, told from a later one with the same number by when it started (in the kernel's ticks since the machine is up). */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
  /** The process namespace in which the number means something, where the system says. */
  readonly within?: string;
}

/** Undefined for a process that is gone, or has ended and was not collected yet; everywhere on systems without `/proc`. */
export function identify(pid: number): ProcessIdentity | undefined {
  const fields = statOf(pid);
  const [state, started] = [fields?.[0], fields?.[19]];
  if (state === undefined || started === undefined || state === "Z" || state === "X") return undefined;
  const within = namespaceHere();
  return { pid, started, ...(within === undefined ? {} : { within }) };
}

/** Of another namespace it cannot be told: unknown is not dead. */
export function isAlive(process: ProcessIdentity): boolean {
  return !isOfHere(process) || identify(process.pid)?.started === process.started;
}

/** Whether the number means this process here. In another process namespace it is that of a stranger. */
export function isOfHere({ within }: ProcessIdentity): boolean {
  return within === undefined || within === namespaceHere();
}

let here: string | undefined;

/** A process never changes its own. */
function namespaceHere(): string | undefined {
  try {
    return (here ??= readlinkSync("/proc/self/ns/pid"));
  } catch {
    return undefined;
  }
}

/** The fields of `/proc/<pid>/stat` from the third on: what stands in front may have any character. Throws when it cannot be known: unknown is not dead. */
export function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch (error) {
    if (asRunnerError(error).code === "HOST_LIMIT") throw error;
    return undefined;
  }
}

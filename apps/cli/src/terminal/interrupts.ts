import { basename } from "node:path";

const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
const ignored = new Set<NodeJS.Signals>();

/** Set by the first line of `bin/run.js`. */
const told = "DISTRONODE_RUNNER_HANGUP_IGNORED";

/** Calls `handle` for each request to stop, with how many there were so far. Returns what ends the watch. */
export function onInterrupt(handle: (count: number) => void): () => void {
  let count = 0;
  const listener = (): void => handle((count += 1));
  const watched = signals.filter((signal) => !ignored.has(signal));
  for (const signal of watched) process.on(signal, listener);
  return () => {
    for (const signal of watched) process.off(signal, listener);
  };
}

/**
 * Goes on ignoring hang-ups if they were ignored when this process was started, as `nohup` and `trap '' HUP` have it. Node forgets that at its start, so it is
 * told by `bin/run.js`, or by the name of the program that a shell started.
 */
export function keepIgnoringHangups(environment: NodeJS.ProcessEnv): void {
  const ignore = environment[told] !== undefined || basename(environment["_"] ?? "") === "nohup";
  // Not for the jobs.
  delete environment[told];
  if (!ignore) return;
  ignored.add("SIGHUP");
  process.on("SIGHUP", () => {});
}

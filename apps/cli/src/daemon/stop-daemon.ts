import { setTimeout as sleep } from "node:timers/promises";

export interface StopOptions {
  /** Whether the process is (still) the runner. */
  readonly alive: () => boolean;
  readonly signal: (name: "SIGTERM" | "SIGKILL") => void;
  /** Seconds that the job was promised between the request to stop and the kill. */
  readonly grace: number;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

/** Seconds over the grace until a runner should be gone: it has its own for a job that does not listen. */
const patience = 10;

/** Asks a runner to cancel its job, then to kill it, then kills the runner itself. Resolves when it is gone, with whether it went by itself. */
export async function stopRunner({ alive, signal, grace, wait = sleep }: StopOptions): Promise<"gone" | "killed"> {
  for (const [name, seconds] of [["SIGTERM", grace + patience], ["SIGTERM", patience]] as const) {
    if (alive()) signal(name);
    for (let waited = 0; waited < seconds * 1000; waited += 50) {
      if (!alive()) return "gone";
      await wait(50);
    }
  }
  signal("SIGKILL");
  while (alive()) await wait(50);
  return "killed";
}

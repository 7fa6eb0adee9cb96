/** The clocks of a job that the runner keeps too, in seconds; 0 switches one off. */
export interface WatchedClocks {
  readonly job: number;
  readonly idle: number;
  readonly grace: number;
}

/** What is known of a job's first process at a moment. All in seconds, by the runner's own clock where nothing else is said. */
export interface Watched {
  /** Since the tool was started, or, before that is known, since its first process was there. */
  readonly running: number;
  readonly started: boolean;
  /** Since anything was heard: a frame or a heartbeat. */
  readonly silent: number;
  /** By the clock of the job's first process: from the tool's start to the last that was heard. */
  readonly said: number;
}

export type WatchedClock = "job" | "idle";

/** Which clock has run out without being obeyed, or the seconds until the next look; undefined: there is nothing to watch for. */
export type Verdict = { readonly expired: WatchedClock } | { readonly wait: number } | undefined;

/** A first process that is only slow has so much longer to end the job by itself. */
export const slack = 5;

/** So long after its time a job that still says something may be about to be killed, with all that it has started. */
const lastWords = 15;

/** What comes before the tool, such as the keys of the job, takes no longer. */
const startAllowance = 60;

/**
 * The first process of a job ends it when its time is over. When it does not, because the job has stopped it, drowned it or taken its place, the runner
 * has to. What still comes and was said in time is only late: there was much of it.
 */
export function verdict(clocks: WatchedClocks, { running, started, silent, said }: Watched): Verdict {
  const due: number[] = [];
  if (clocks.job > 0) {
    const limit = clocks.job + clocks.grace + slack;
    const over = running - limit - (started ? 0 : startAllowance);
    if (over >= 0 && (silent >= slack || said >= limit + lastWords)) return { expired: "job" };
    due.push(over < 0 ? -over : slack - silent);
  }
  if (clocks.idle > 0) {
    const over = silent - (clocks.idle + clocks.grace + slack) - (started ? 0 : startAllowance);
    if (over >= 0) return { expired: "idle" };
    due.push(-over);
  }
  return due.length === 0 ? undefined : { wait: Math.max(Math.min(...due), 0.05) };
}

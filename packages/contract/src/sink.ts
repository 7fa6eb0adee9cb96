import { RunnerError, type ErrorOptions } from "./errors.ts";
import type { JournalEntry } from "./events.ts";
import type { Host } from "./host.ts";

/** Raised by one with each breaking change of `EventSink` or `EventSinkPlugin`; not the version of an npm package. */
export const sinkContract = 1;

/**
 * What the package of an event sink exports: a plain object. Importing it does nothing, and a sink that nobody configured costs nothing.
 */
export interface EventSinkPlugin {
  /** The `sinkContract` it was written for. A plugin with another number is left out, with a notice. */
  readonly contract: number;
  /** Short and stable: it is what notices and `sinks.ndjson` call the sink. */
  readonly name: string;
  /** Its keys of `env/settings`. All start with `runner_`; no two plugins share one. */
  readonly settingsKeys: readonly string[];
  /**
   * A sink for one job, or nothing if neither settings nor environment ask for one. Looks at values only: connecting is `deliver`'s
   * business. `settings` holds those of `settingsKeys` that were set, as they were written: checking them is up to the plugin, and what
   * it throws becomes a notice.
   */
  open(settings: Readonly<Record<string, unknown>>, context: SinkContext): EventSink | undefined;
}

/** What a sink may know of its job. */
export interface SinkContext {
  readonly host: Host;
  readonly ident: string;
}

/**
 * Carries what one job says to somewhere else. The runner reads the job's journal at the sink's own pace and hands over what is there.
 *
 * Laws:
 *
 * 1. Order. A job's entries arrive in the order of their `seq`, and `deliver` is never called again before the last call has settled.
 *    Sinks of different jobs, and different sinks of one job, know nothing of each other.
 * 2. At least once. A batch that was not taken is handed over again, the same entries in the same order, until `deliver` resolves. A
 *    receiver can tell what it has seen by ident and `seq`. What was taken is not handed over again.
 * 3. Trying again is the runner's business: `deliver` makes one attempt and rejects. Anything it rejects with is worth another
 *    attempt, except a `RunnerError` whose code's `retry` is false (`sinkRefusal` makes one): then the sink has given up, and nothing
 *    more is handed over.
 * 4. The job does not notice. A sink that fails, hangs or is slow changes neither the job's result nor its pace, nor what other readers of
 *    the journal see. All it can cause is a notice `sink_delayed` after some failures in a row and a notice `sink_failed` when it has given
 *    up, one each for a job.
 * 5. There is an end. Some time after the job's end (`drainSeconds` of the runner) the signal is aborted, whatever is left, and `close`
 *    is called. A sink that ignores the signal is left behind.
 * 6. What is handed over is free of the job's secrets. Messages of errors must be free of the sink's own.
 */
export interface EventSink {
  readonly name: string;
  /** Whether an entry is for this sink; all are if it is missing. Quick, without effects: it may be asked again. */
  wants?(entry: JournalEntry): boolean;
  /** Takes a batch, never an empty one. */
  deliver(entries: readonly JournalEntry[], options: { readonly signal: AbortSignal }): Promise<void>;
  /** Lets go of its connections at once, also of those of a call under way. Called once, last. */
  close(): Promise<void>;
}

/** Identity, for type inference: `export default defineSink({ ... })`. */
export function defineSink(plugin: EventSinkPlugin): EventSinkPlugin {
  return plugin;
}

/** What `deliver` rejects with when no further attempt will help: the receiver does not want this, and will not later. */
export function sinkRefusal(message: string, options: ErrorOptions = {}): RunnerError {
  return new RunnerError("SETTINGS_INVALID", message, options);
}

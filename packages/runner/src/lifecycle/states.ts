import type { FinalStatus, RunnerError } from "@distronode-runner/contract";
import type { WatchedClock } from "./watchdog.ts";

/** What the shim said of the tool's end. */
export interface ToolExit {
  /** `null` when it died by a signal. */
  readonly code: number | null;
  readonly signal: string | null;
  /** Which of the shim's clocks or which order ended it; `null` when it ended by itself. */
  readonly why: string | null;
}

export interface Outcome {
  readonly status: FinalStatus;
  /** Which of its clocks the runner itself has ended the job by. */
  readonly clock?: WatchedClock;
  readonly exit?: ToolExit;
  readonly error?: RunnerError;
}

/** Where a job is. `id` is the engine's id of its container. */
export type JobState =
  | { readonly at: "preparing" }
  | { readonly at: "creating" }
  /** Asked to stop while `create` was in flight: the container has to be awaited, then removed. */
  | { readonly at: "abandoning" }
  | { readonly at: "starting"; readonly id: string }
  | { readonly at: "running"; readonly id: string }
  | { readonly at: "stopping"; readonly id: string; readonly kills: number; readonly clock?: WatchedClock }
  | { readonly at: "removing"; readonly outcome: Outcome }
  | { readonly at: "done"; readonly outcome: Outcome };

export type Message =
  | { readonly is: "prepared" }
  | { readonly is: "created"; readonly id: string }
  /** The tool runs. */
  | { readonly is: "started" }
  /** Everything the job had to say has been read and stored; the tool has exited. */
  | { readonly is: "ended"; readonly exit: ToolExit }
  /** The container is gone, or the step failed, without a complete report. */
  | { readonly is: "broke"; readonly error: RunnerError }
  | { readonly is: "cancel"; readonly force: boolean }
  /** A clock ran out, and the shim has not ended the job. */
  | { readonly is: "expired"; readonly clock: WatchedClock }
  /** The time that a stop was given is over. */
  | { readonly is: "overdue" }
  | { readonly is: "removed" }
  | { readonly is: "remove_failed"; readonly error: RunnerError };

/** What to do next, as data; `effects.ts` is the only interpreter. */
export type Effect =
  | { readonly do: "prepare" }
  | { readonly do: "create" }
  | { readonly do: "start"; readonly id: string }
  /** Ends a prepare or create in flight. */
  | { readonly do: "abort" }
  /** Asks the shim to end the tool within the grace; arms the clock for it. */
  | { readonly do: "stop"; readonly force: boolean }
  /** The engine kills the container; arms the clock again. */
  | { readonly do: "kill"; readonly id: string }
  | { readonly do: "remove"; readonly id: string }
  | { readonly do: "finish"; readonly outcome: Outcome };

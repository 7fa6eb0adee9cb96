import type { JobEvent, StatusEntry } from "./events.ts";
import type { JobRequest } from "./generated/job-request.ts";
import type { JobPlan, JobResult } from "./job.ts";

/**
 * Functions that are called while a job runs. They read the job's journal: nobody who only wants to look needs them (`JobHandle.events()` is
 * simpler). They are for who wants to decide.
 *
 * Laws:
 *
 * 1. Order. `starting`, `running`, the events by their counter, the final status, `onFinished`; no call before the last one has settled.
 * 2. Nothing is lost, and the job does not wait. A slow handler falls behind, and the journal on disk holds what it has not seen yet; memory stays
 *    as it is. The job's end waits: `rc` and `status` are written when the last event has been handled, the final status is told when they are on
 *    disk, and `JobHandle.result` settles after `onFinished`.
 * 3. A handler that throws is not called again, and the job is stopped as by `cancel()`. The result then has status `error` and an error
 *    `HANDLER_FAILED` that names the handler; all that the job said is kept. When the job had ended already (the final status, `onFinished`) its
 *    status stays as the artifacts have it, and only `error` is added.
 * 4. There is an end. From `cancel()` on, handlers have the job's grace (`cancel_grace`) and five seconds; then they are left behind, with a
 *    notice `handler_left`, and what they have not seen is kept.
 */
export interface JobHandlers {
  /** Each status, with the command and its masked environment for `starting`, with `rc` and perhaps `error` for the last. */
  readonly onStatus?: (status: StatusEntry) => void | Promise<void>;
  /** Each event. `false` leaves its file in `job_events/` out; journal, `stdout` and event sinks have it all the same. Anything else keeps it. */
  readonly onEvent?: (event: JobEvent) => boolean | void | Promise<boolean | void>;
  /** Once, last of all: the artifacts are complete. */
  readonly onFinished?: (result: JobResult) => void | Promise<void>;
  /** Asked about once a second from start to end, never twice at once; `true` cancels the job. Prefer `StartOptions.signal` where one can be had. */
  readonly isCanceled?: () => boolean | Promise<boolean>;
}

/** What goes with a job and is no data: everything that does not fit in a `JobRequest`. */
export interface StartOptions extends JobHandlers {
  /** Called with the very plan that is then carried out. What it throws is what `start` rejects with; no engine has been spoken to, and nothing has been written. */
  readonly admit?: Admit;
  /** Aborting it cancels the job. If it is aborted beforehand, the job ends as `canceled` before anything runs. */
  readonly signal?: AbortSignal;
  /** Standard input for the tool, then its end; without it there is none; a playbook, module or role on a terminal has that, and can ask. What the tool has not read yet is held in memory. */
  readonly stdin?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

/**
 * Sees a plan before anything is done by it, and refuses the job by throwing. For who runs jobs on behalf of others.
 *
 * `alternative` plans another request as of the same moment: the private data directory is not read again, so a file that changes meanwhile cannot make the two differ.
 * It has to name the same directory and playbook, and rejects as `Runner.plan` would.
 */
export type Admit = (plan: JobPlan, alternative: (request: JobRequest) => JobPlan) => void | Promise<void>;

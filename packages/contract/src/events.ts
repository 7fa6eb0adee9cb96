import type { ErrorRecord } from "./errors.ts";
import type { EventKind } from "./event-data.ts";
import type { JobStatus } from "./job.ts";

/**
 * One event of the automation tool: the envelope and `event_data` of `ansible-runner` (its `job_events/*.json`), so that consumers of
 * those work unchanged. Fields unknown here are kept. `counter` starts at 1 and has no gaps. `isEvent(event, "runner_on_ok")` gives
 * `event_data` its type.
 */
export interface JobEvent {
  readonly uuid: string;
  readonly counter: number;
  /** Text the tool displayed during the event, without its trailing line ends. */
  readonly stdout: string;
  /** Lines of stdout before this event. */
  readonly start_line: number;
  /** `start_line` plus the line ends in the event's text. */
  readonly end_line: number;
  readonly runner_ident: string;
  /** `playbook_on_start`, `runner_on_ok`, ..., `verbose` for text outside any event. */
  readonly event: EventKind | (string & {});
  /** Process of the tool that wrote it; missing for text outside any event. */
  readonly pid?: number;
  /** ISO 8601, UTC, microseconds. */
  readonly created: string;
  /** The task's, play's or playbook's event that it belongs to. */
  readonly parent_uuid?: string;
  /** With text that only shows from so many `-v` on. */
  readonly verbosity?: number;
  /** See `EventDataByKind`. Missing for text outside any event; empty with `omitEventData`. */
  readonly event_data?: Readonly<Record<string, unknown>>;
  readonly [extra: string]: unknown;
}

/** A line of `events.ndjson`. `seq` starts at 1 and has no gaps: what a reader resumes from. `time` is ISO 8601 UTC. */
export type JournalEntry = StatusEntry | EventEntry | NoticeEntry | EndEntry;

interface EntryBase {
  readonly seq: number;
  readonly time: string;
  /**
   * In the file alone, last of all in its line; readers check it and leave it out. Eight hexadecimal digits: the CRC-32 of the line's bytes before `,"sum"`,
   * continued from that of the line before (0 for the first). A journal whose first line has none was written by an older version.
   */
  readonly sum?: string;
}

/** The job has another status. */
export interface StatusEntry extends EntryBase {
  readonly type: "status";
  readonly status: JobStatus;
  readonly runner_ident: string;
  /** With `starting`: what will run. Environment values are masked as in the `command` artifact. */
  readonly command?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** With a final status. */
  readonly rc?: number;
  readonly error?: ErrorRecord;
}

/** An event of the tool. */
export interface EventEntry extends EntryBase {
  readonly type: "event";
  readonly event: JobEvent;
}

/** Something the runner has to say that is neither output nor status: an engine's warning, progress of a pull, a fired clock. */
export interface NoticeEntry extends EntryBase {
  readonly type: "notice";
  readonly level: "info" | "warning" | "error";
  /** Stable, for programs: `engine_warning`, `pull_progress`, `clock`, `preamble`, ... */
  readonly kind: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Always the last entry. With the counts a reader can prove that it has seen everything. */
export interface EndEntry extends EntryBase {
  readonly type: "end";
  readonly entries: number;
  readonly events: number;
  readonly stdoutBytes: number;
  /** Of the journal, before this line. Missing in journals of older versions. */
  readonly bytes?: number;
}

/** What the tool printed during an event, with the line ends that `stdout` lacks. All events together give the tool's output. */
export function eventText(event: JobEvent): string {
  let inside = 0;
  for (let at = event.stdout.indexOf("\n"); at !== -1; at = event.stdout.indexOf("\n", at + 1)) inside += 1;
  const ends = event.end_line - event.start_line - inside;
  return ends > 0 ? event.stdout + "\n".repeat(ends) : event.stdout;
}

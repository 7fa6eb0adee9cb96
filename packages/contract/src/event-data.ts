import type { JobEvent } from "./events.ts";
import type { JobStats } from "./job.ts";

/**
 * What `event_data` holds, by kind of event. The fields are those of `ansible-runner`'s `awx_display` callback, which its `job_events/*.json` made
 * a format; they come from the tool's callback interface (`v2_playbook_on_*`, `v2_runner_on_*`).
 */
export interface EventDataByKind {
  readonly playbook_on_start: PlaybookContext;
  /** A `vars_prompt` of a play. */
  readonly playbook_on_vars_prompt: PlayContext & VarsPrompt;
  readonly playbook_on_include: TaskContext & { readonly included_file: string | null };
  readonly playbook_on_play_start: PlayContext & { readonly name: string; readonly pattern: string };
  /** `is_conditional` is true for handlers. */
  readonly playbook_on_task_start: TaskContext & { readonly name: string; readonly is_conditional: boolean };
  readonly playbook_on_notify: TaskContext & { readonly host: string; readonly handler: string };
  readonly playbook_on_no_hosts_matched: PlayContext;
  readonly playbook_on_no_hosts_remaining: PlayContext;
  readonly playbook_on_stats: PlaybookContext & JobStats;
  readonly runner_on_start: TaskContext & { readonly host: string };
  readonly runner_on_ok: HostResult & Loop;
  readonly runner_on_failed: HostResult & Loop & { readonly ignore_errors: boolean | null };
  /** There is no `res`. */
  readonly runner_on_skipped: Omit<HostResult, "res"> & Loop;
  readonly runner_on_unreachable: HostResult;
  readonly runner_on_async_poll: AsyncResult;
  readonly runner_on_async_ok: AsyncResult;
  readonly runner_on_async_failed: AsyncResult;
  /** With `--diff` or `diff: true`. */
  readonly runner_on_file_diff: TaskContext & { readonly host: string; readonly diff: readonly Readonly<Record<string, unknown>>[] };
  readonly runner_item_on_ok: ItemResult;
  readonly runner_item_on_failed: ItemResult;
  readonly runner_item_on_skipped: ItemResult;
  /** `res.attempts` of `res.retries`. */
  readonly runner_retry: ItemResult;
}

/** Kinds of events whose data is known. There are others: `verbose`, `warning`, `deprecated`, `debug`, `error`, ... */
export type EventKind = keyof EventDataByKind;

/** An event of one kind, with its data. */
export type JobEventOf<Kind extends EventKind> = { readonly [K in Kind]: JobEvent & { readonly event: K; readonly event_data: EventDataByKind[K] } }[Kind];

/** In the data of every event since the playbook's start. */
export interface PlaybookContext {
  /** As the event's. */
  readonly uuid: string;
  /** File of the playbook as it was given; `__adhoc_playbook__` for a module. */
  readonly playbook: string;
  readonly playbook_uuid: string;
}

/** In the data of every event of a play. */
export interface PlayContext extends PlaybookContext {
  /** Its name, or its host pattern. */
  readonly play: string;
  readonly play_uuid: string;
  readonly play_pattern: string;
}

/** In the data of every event of a task. A module that runs without a playbook has no play. */
export interface TaskContext extends PlaybookContext, Partial<Omit<PlayContext, keyof PlaybookContext>> {
  /** Its name, or its action. */
  readonly task: string;
  readonly task_uuid: string;
  /** As it was written, e.g. `copy`. */
  readonly task_action: string;
  /** In full, e.g. `ansible.builtin.copy`. */
  readonly resolved_action?: string | null;
  /** `k=v, k=v` with `ANSIBLE_DISPLAY_ARGS_TO_STDOUT`, else empty. */
  readonly task_args: string;
  /** `FILE:LINE`; empty for a module without a playbook. */
  readonly task_path: string;
  /** Role that the task belongs to. */
  readonly role?: string;
  /** Its full name, where that is another. */
  readonly resolved_role?: string;
}

/** What a module returned. Which keys there are is up to the module. With `no_log` there is `censored` alone. */
export interface ModuleResult {
  readonly changed?: boolean;
  readonly failed?: boolean;
  readonly msg?: unknown;
  readonly rc?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Of a loop: one for each item. */
  readonly results?: readonly ModuleResult[];
  readonly ansible_facts?: Readonly<Record<string, unknown>>;
  readonly censored?: string;
  readonly [key: string]: unknown;
}

/** How a task ended on a host. */
export interface HostResult extends TaskContext {
  /** Name in the inventory. */
  readonly host: string;
  /** Address in the inventory. */
  readonly remote_addr: string;
  readonly res: ModuleResult;
  /** ISO 8601, UTC without saying so; null when the start was not seen. */
  readonly start: string | null;
  readonly end: string | null;
  /** Seconds. */
  readonly duration: number | null;
}

/** The lookup of `with_*`; null for `loop:` and without a loop. */
export interface Loop {
  readonly event_loop: string | null;
}

/** One item of a loop, or one attempt. */
export interface ItemResult extends TaskContext {
  readonly host: string;
  /** Has `item`, `ansible_loop_var`; for attempts `attempts`, `retries`. */
  readonly res: ModuleResult;
}

/** A task that runs in the background on the host; `jid` is the tool's id for it. */
export interface AsyncResult extends TaskContext {
  readonly host: string;
  readonly res: ModuleResult;
  readonly jid: string | null;
}

/** A question that a play asks at its start. */
export interface VarsPrompt {
  readonly varname: string;
  readonly private: boolean;
  readonly prompt: string | null;
  readonly encrypt: string | null;
  readonly confirm: boolean;
  readonly salt_size: number | null;
  readonly salt: string | null;
  readonly default: unknown;
  readonly unsafe: boolean | null;
}

/**
 * Whether an event is of one of these kinds and has its data. False for an event whose data was left out (`omitEventData`, `onlyFailedEventData`) or
 * could not be written; compare `event.event` to ask for the kind alone.
 */
export function isEvent<Kind extends EventKind>(event: JobEvent, ...kinds: readonly Kind[]): event is JobEventOf<Kind> {
  const data = event.event_data;
  return (kinds as readonly string[]).includes(event.event) && data !== undefined && "uuid" in data && !("plugin_error" in data);
}

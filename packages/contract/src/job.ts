import type { ContainerLimits, ContainerSpec, Labels, Mount, SandboxSpec } from "./container.ts";
import type { EngineSupports } from "./engine.ts";
import type { ErrorRecord } from "./errors.ts";
import type { JobEvent, JournalEntry } from "./events.ts";
import type { JobRequest } from "./generated/job-request.ts";
import type { StartOptions } from "./handlers.ts";
import type { ImageInfo, PullProgress } from "./image.ts";
import type { ImageStore } from "./image-store.ts";

export type { JobRequest };

/** Statuses after which a job says nothing more. */
export const finalStatuses = ["successful", "failed", "canceled", "timeout", "error"] as const;
/** `failed`: the tool ended with another exit code than 0. `error`: the machinery, not the play, was at fault. */
export type FinalStatus = (typeof finalStatuses)[number];
/** `unstarted`, `starting`, `running`, then one of the final ones. */
export type JobStatus = "unstarted" | "starting" | "running" | FinalStatus;

/** Whether a job with this status has ended. */
export function isFinal(status: JobStatus): status is FinalStatus {
  return (finalStatuses as readonly string[]).includes(status);
}

/** Exit code of a job that was canceled or ran out of time, as the peer has it. */
export const stoppedExitCode = 254;

/**
 * What will be done, decided before anything is done. Plain JSON, frozen, without secrets: it can be printed, compared and stored.
 * Pure function of private data directory, request and settings.
 */
export interface JobPlan {
  readonly version: 1;
  readonly ident: string;
  /** Absolute. */
  readonly privateDataDir: string;
  /** What is run, for people: `site.yml`, `module ping`, `role web`. Plans of former versions do not say it. */
  readonly runs?: string;
  readonly artifactDir: string;
  /** Directory of this machine where the tool caches facts; usually below `artifactDir`. */
  readonly factCache: string;
  /** Command as it will run (inside the container if there is one). The tool's `distronode-*` twin is preferred where it exists. */
  readonly command: readonly string[];
  /** Names that may replace `command[0]`, best first. */
  readonly candidates: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, PlannedValue>>;
  /** Files that exist for the job alone, in its private directory in memory: path there -> content. `@JOB_DIR@` in the command stands for that directory. */
  readonly files: Readonly<Record<string, PlannedValue>>;
  /** Directories of that private directory that show what stands elsewhere: path there -> directory as the tool sees it. */
  readonly mirrors: Readonly<Record<string, string>>;
  /** With directory isolation. */
  readonly projectCopy?: ProjectCopy;
  /** What a job in a container or sandbox has in place of directories that are the runner's. */
  readonly boundary?: JobBoundary;
  /** The tool's output is a terminal: asked for, or because there are prompts to answer. */
  readonly terminal: boolean;
  /** The terminal is the tool's input as well: what it asks can be answered. A command of the user's own has only the input that it is given. */
  readonly interactive: boolean;
  /** Prompts that are answered, as Python regular expressions. */
  readonly prompts: readonly { readonly pattern: string; readonly answer: PlannedValue }[];
  /** A private key that an agent of the job's own holds. */
  readonly sshKey?: PlannedValue;
  readonly sshKeyPassphrase?: PlannedValue;
  /** The tool starts from the caller's environment (host) or from the image's (container). */
  readonly execution: HostExecution | ContainerExecution;
  readonly clocks: JobClocks;
  /** What becomes of the job when its runner has gone and `clocks.lease` is over. Whatever it is, another runner can go on with it until then. */
  readonly ownerGone: "cancel" | "continue";
  readonly output: JobOutput;
  readonly labels: Labels;
  /** Things worth saying before the start. */
  readonly warnings: readonly string[];
}

/** A secret is named by where it comes from (`env/envvars#TOKEN`); its value is not in the plan. */
export type PlannedValue = { readonly value: string } | { readonly secret: string };

/** The job runs as a process of this machine, perhaps in a sandbox. */
export interface HostExecution {
  readonly kind: "host";
  /** The job sees only a part of this machine's file system. */
  readonly sandbox?: SandboxExecution;
}

export interface SandboxExecution extends SandboxSpec {
  /** `bwrap`, or the path of a program that takes its arguments. */
  readonly executable: string;
}

/**
 * An isolated job is not trusted: it gets the parts of its private data directory one by one, and a directory of its own for everything else that it writes
 * there. The store makes these directories before the job and takes over what is in them after it.
 */
export interface JobBoundary {
  /** Stands for the private data directory. Absolute, below `artifactDir`. `artifacts/<ident>` in it is what the job takes for its artifact directory. */
  readonly root: string;
  /** Stands for `env/`, and cannot be written. Absolute, below `artifactDir`. */
  readonly env: string;
  /** What has to be in `root` for something to be mounted on it: path below it -> kind. */
  readonly places: Readonly<Record<string, "file" | "directory">>;
  /** What has to be in `env`: name -> kind, or the text of a link. */
  readonly envPlaces: Readonly<Record<string, "file" | "directory" | { readonly link: string }>>;
  /** Names at the top of the private data directory that the job's own files are never put under. */
  readonly reserved: readonly string[];
}

/** Name of the directory below a job's artifacts in which everything is that a `JobBoundary` names. */
export const boundaryDirectory = ".job";

/** A throw-away copy of the project, which the job works in. */
export interface ProjectCopy {
  /** Absolute. */
  readonly source: string;
  /** Absolute; does not exist yet, its parent does. */
  readonly target: string;
  /** Whether the copy stays when the job has ended. */
  readonly keep: boolean;
}

/** The job runs in a container of its own. */
export interface ContainerExecution {
  readonly kind: "container";
  /** `podman`, `docker`, a plugin's name, or `auto`. */
  readonly engine: string;
  readonly image: string;
  readonly pull: PullPolicy;
  /** Seconds that fetching it may take, all attempts together; 0: no limit. */
  readonly pullTimeout: number;
  readonly containerName: string;
  readonly mounts: readonly Mount[];
  readonly limits?: ContainerLimits;
  /** What `container_options` asked for, translated from the engines' command-line spelling. */
  readonly options: ContainerChoices;
}

/**
 * When an image is fetched. `newer`: each time, but an image that is here is good enough when the registry can not be reached.
 * Names under `localhost/` are never fetched.
 */
export type PullPolicy = "missing" | "never" | "always" | "newer";

/** The part of a container's specification that a user may choose. */
export type ContainerChoices = Partial<
  Omit<ContainerSpec, "name" | "image" | "command" | "environment" | "mounts" | "labels" | "limits" | "workdir"> & {
    /** Variables of the container itself, which its configuration holds. */
    readonly environment: Readonly<Record<string, PlannedValue>>;
    /** False: the engine's proxies are not for this job. */
    readonly proxies: boolean;
  }
>;

/** Seconds; 0 is off. */
export interface JobClocks {
  /** From a container's start to the first word of the supervisor in it. Absent: none. */
  readonly start?: number;
  /** From start to exit. */
  readonly job: number;
  /** Without any output or event. */
  readonly idle: number;
  /** With a question on the terminal that nobody answers. */
  readonly prompt: number;
  /** Between asking a job to stop and killing it. */
  readonly grace: number;
  /** How long a job goes on when its owner has gone. */
  readonly lease: number;
}

/** What becomes of the output. */
export interface JobOutput {
  /** `stdout` holds one event as JSON per line instead of text. */
  readonly json: boolean;
  /** Keep no `stdout` and `stderr` artifact. */
  readonly suppressFiles: boolean;
  /** Keep a file for each event. */
  readonly eventFiles: boolean;
  /** Show nothing on the console. */
  readonly quiet: boolean;
  /** Two pipes instead of one: `stderr` is kept apart, and its order beside stdout is lost. */
  readonly separateStderr: boolean;
  /** Keep the artifacts of so many jobs, this one included; 0: all. */
  readonly rotate: number;
}

/** How a job ended. A failed play is a value of this type; so is a failed machine, with `status: "error"` and `error`. */
export interface JobResult {
  readonly ident: string;
  readonly status: FinalStatus;
  /** Exit code of the tool; 254 when canceled or out of time; 128 + n when the tool died by signal n; the error's own code otherwise. */
  readonly rc: number;
  readonly artifactDir: string;
  /** Why the status is `error`. With another status: a handler threw when the job had ended already, and the artifacts say how. */
  /** With status `error`, why; with status `failed`, what is known besides the exit code: `OUT_OF_MEMORY`. */
  readonly error?: ErrorRecord;
  /** Which clock ended it, with status `timeout`. */
  readonly clock?: "job" | "idle" | "prompt";
  readonly events: number;
  /** Milliseconds spent: `prepare`, `pull`, `create`, `start` (to the tool's first breath), `run`, `remove`. */
  readonly phases: Readonly<Record<string, number>>;
}

/** Which entries of a journal are read. */
export interface EntryOptions {
  /** Number of the first. Default 1. */
  readonly from?: number;
  /** False: only those that are there. Default true. */
  readonly follow?: boolean;
  /** Default: all. Others are passed over without being parsed. */
  readonly types?: readonly JournalEntry["type"][];
  readonly signal?: AbortSignal;
}

/** A job that was started, here or elsewhere. Everything it tells is read from its journal, so it can be asked during the job and after it, as often as wanted. */
export interface AttachedJob {
  readonly ident: string;
  /** Absolute. */
  readonly artifactDir: string;
  /**
   * The tool's events alone, from the first to the last, live: a reader that has caught up sleeps until there is more, and the iteration ends with
   * the job. Aborting `signal` makes it throw the signal's reason.
   */
  events(options?: { readonly signal?: AbortSignal }): AsyncIterable<JobEvent>;
  /** Events whose data names the host, live as `events`. */
  hostEvents(host: string): AsyncIterable<JobEvent>;
  /** What the tool printed, when the job has ended. */
  stdout(): Promise<string>;
  /** The counts of the play recap, when the job has ended; `undefined` if the tool gave none, or `omitEventData` left them out. */
  stats(): Promise<JobStats | undefined>;
  /**
   * What the tool prints, live as `events`, as bytes with their own line ends (a terminal's are CR LF): pieces cut anywhere, also before the end of a line.
   * `follow: false`: only what is there.
   * Of a job that this runner runs, and whose artifacts hold that text, no event is read for it.
   */
  output(options?: { readonly follow?: boolean; readonly signal?: AbortSignal }): AsyncIterable<Uint8Array>;
  /** Every entry from `from` (default 1) to the end, live. `types`: only those. Any number of readers; a slow one slows nobody. */
  entries(options?: EntryOptions): AsyncIterable<JournalEntry>;
  /** Settles when the job has ended and its handlers have returned. Never rejects. */
  readonly result: Promise<JobResult>;
  /** Asks the job to stop; resolves with `result`. `force` skips the grace. Harmless when it has ended. */
  cancel(options?: { readonly force?: boolean }): Promise<JobResult>;
  /**
   * Types a line on the job's terminal: the answer to a question, of which a notice `prompt` tells. It is in no journal, log or artifact.
   * `REQUEST_INVALID` for a job without a terminal, or one that does not run.
   */
  answer(line: string): Promise<void>;
}

/** A job that this runner runs. */
export interface JobHandle extends AttachedJob {
  readonly plan: JobPlan;
  readonly status: JobStatus;
  /** The exit code (see `JobResult.rc`); `undefined` before the job has ended. */
  readonly rc: number | undefined;
  /** What it asks on its terminal and nobody has answered. */
  readonly question: string | undefined;
  /** What stands in the `stderr` artifact, when the job has ended: with `separateStderr`. */
  stderr(): Promise<string>;
  /** The fact cache among the job's artifacts. */
  readonly facts: FactCache;
}

/** A job that is known on this machine. */
export interface JobSummary {
  readonly ident: string;
  /** Of a job without a runner that has not ended: as far as it is known, `running`. */
  readonly status: JobStatus;
  /** `alive`: some process looks after it. `gone`: it was killed, and the job waits for another. `ended`: none is needed. `unknown`: it was started on another machine, or in another container, and cannot be asked. */
  readonly runner: "alive" | "gone" | "ended" | "unknown";
  readonly artifactDir: string;
  /** As far as it is known. */
  readonly privateDataDir?: string;
  /** What it runs, for people: `site.yml`, `module ping`, `role web`. As far as it is known. */
  readonly runs?: string;
  /** Process of the runner. */
  readonly pid?: number;
  /** Where it runs, or ran. */
  readonly engine?: string;
  /** Milliseconds since 1970, of a job with a runner. */
  readonly started?: number;
  /** Milliseconds since 1970, of a job that has ended. */
  readonly ended?: number;
  /** Of a job that has ended, as far as its record tells: exit code, number of events, image, and why its status is `error`. */
  readonly rc?: number;
  readonly events?: number;
  readonly image?: string;
  readonly error?: ErrorRecord;
  /** What it asks and nobody has answered. */
  readonly question?: string;
}

/** What was done about a job whose runner had gone. */
export interface Reconciliation {
  readonly ident: string;
  readonly artifactDir: string;
  /**
   * `adopted`: it runs on, or ends, with this runner. `canceled`: the same, but it is being canceled, as its plan wants. `lost`: nothing of it was left to go on
   * with; its artifacts say so now. `completed`: it had ended, and what was missing of its artifacts was written again. `removed`: its artifacts were complete, a container was left. `left`: it runs on without a runner.
   */
  readonly action: "adopted" | "canceled" | "lost" | "completed" | "removed" | "left";
  /** With `adopted` and `canceled`. */
  readonly job?: JobHandle;
}

/** A job that has ended. */
export interface FinishedJob extends JobHandle {
  readonly status: FinalStatus;
  readonly rc: number;
}

/** Host -> number of tasks, as in the play recap: `event_data` of `playbook_on_stats`. */
export interface JobStats {
  readonly ok: Readonly<Record<string, number>>;
  readonly changed: Readonly<Record<string, number>>;
  /** Unreachable. */
  readonly dark: Readonly<Record<string, number>>;
  readonly failures: Readonly<Record<string, number>>;
  readonly ignored: Readonly<Record<string, number>>;
  readonly processed: Readonly<Record<string, number>>;
  readonly rescued: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<string, number>>;
  /** What `set_stats` collected for the run. */
  readonly artifact_data: Readonly<Record<string, unknown>>;
}

/** The cached facts of a job's hosts (`jsonfile`, the tool's and our default). A name that leads out of the cache is `REQUEST_INVALID`. */
export interface FactCache {
  /** Facts of a host; an empty object if there are none. Rejects with `STORE_FAILED` if they can not be read or are no JSON. */
  get(host: string): Promise<Readonly<Record<string, unknown>>>;
  /** Replaces the facts of a host, in a file that only the user can read. */
  set(host: string, facts: Readonly<Record<string, unknown>>): Promise<void>;
}

/** One key of `env/settings` and what counts for it. */
export interface EffectiveSetting {
  readonly key: string;
  /** What is secret in it is masked; absent: not set, and there is no default. */
  readonly value?: unknown;
  /** `FILE:LINE`, the flag or the field of the request, or `default`. */
  readonly from: string;
}

/** Runs jobs. One serves a whole program, any number of jobs at once. */
export interface Runner {
  /** Plans, and starts. Rejects with a `RunnerError` only when no job came to be: nothing has been written then. */
  start(request: JobRequest, options?: StartOptions): Promise<JobHandle>;
  /** The plan alone, without any effect. Rejects as `start` would for a request or directory that can not be used. */
  plan(request: JobRequest, options?: Pick<StartOptions, "admit">): Promise<JobPlan>;
  /** The settings that would count for the request, which needs to name nothing to run. Reads `env/settings` alone. */
  settings(request: JobRequest): Promise<readonly EffectiveSetting[]>;
  /** The jobs of this user on this machine that have not ended, whoever runs them. `ended`: also those that have, of each ident and directory the newest. */
  jobs(options?: { readonly ended?: boolean }): Promise<readonly JobSummary[]>;
  /**
   * A job by its ident, unless jobs of several directories have it, or by the path of its artifact directory, whoever runs it. One whose runner has gone is taken over: all that it
   * said meanwhile arrives, in its journal and artifacts too. `JOB_NOT_FOUND` if it is not known; `JOB_LOST` if its runner has gone and it can not be gone on with.
   */
  attach(job: string, options?: AttachOptions): Promise<AttachedJob>;
  /** Removes the artifacts of a job that has ended; named as for `attach`. `JOB_CONFLICT` if it has not. */
  remove(job: string): Promise<JobSummary>;
  /**
   * Looks after jobs whose runner was killed: see `Reconciliation`. What counts is what the engines say. `continuing`: what becomes of those that are to go on
   * without a runner; default `leave`.
   */
  reconcile(options?: { readonly continuing?: "adopt" | "leave" }): Promise<readonly Reconciliation[]>;
  /**
   * Each engine this runner knows, and whether it is usable here. With `capabilities` usable ones are opened to be asked what they can do. With a private
   * data directory: those for its jobs, with its settings.
   */
  engines(options?: { readonly capabilities?: boolean; readonly privateDataDir?: string }): Promise<readonly EngineReport[]>;
  /**
   * Runs a container in each engine for containers that is usable, or in the one that is named, which shows what looking at it does not. `image`: one that is
   * present; default: any.
   */
  tryEngines(options?: { readonly image?: string; readonly engine?: string }): Promise<readonly EngineTrial[]>;
  /** The images of an engine: its name, or `auto` (the default) for the first that is usable. Rejects as `start` would for an engine that can not be used. */
  images(engine?: string): Promise<EngineImages>;
  /** Cancels what runs, waits for it, closes engines. Later calls of `start` are refused. */
  close(): Promise<void>;
}

/** Whether a container has run in an engine. */
export interface EngineTrial {
  readonly engine: string;
  /** The image that it was tried with, if there was one. */
  readonly image?: string;
  readonly works: boolean;
  /** Why not: the cause as far as it is known, and the remedy as its hint. */
  readonly error?: ErrorRecord;
  /** With this option a container ran. */
  readonly worksWith?: string;
}

export interface AttachOptions {
  /** Called instead of taking the job over when its runner has gone, also when that happens later. It resolves when another runner has it. */
  readonly onGone?: (job: JobSummary) => Promise<void>;
}

/** The images of one engine. `list`, `remove`, `save` and `load` are the engine's own verbs. */
export interface EngineImages {
  /** Name of the engine. */
  readonly engine: string;
  readonly list: ImageStore["images"];
  readonly remove: ImageStore["removeImage"];
  readonly save: ImageStore["save"];
  readonly load: ImageStore["load"];
  /** Fetches an image as a job's pull would: with the keychain's credentials, tried again when the network fails. */
  pull(reference: string, options?: ImagePullOptions): Promise<ImageInfo>;
}

export interface ImagePullOptions {
  /** `os/arch[/variant]`; by default the engine's own, and another is refused. */
  readonly platform?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PullProgress) => void;
  /** Called with a sentence about each attempt that failed and is followed by another. */
  readonly onTrouble?: (message: string) => void;
}

/** What is known of an engine on this machine. */
export interface EngineReport {
  /** Of a module that can not be loaded: the module's. */
  readonly name: string;
  /** False: it runs jobs as processes of this host. */
  readonly containers: boolean;
  readonly usable: boolean;
  /** Where it was found, e.g. `./mine.mjs in DISTRONODE_RUNNER_ENGINES`. Absent: it was given to the runner as a part. */
  readonly from?: string;
  readonly version?: string;
  readonly endpoint?: string;
  readonly rootless?: boolean;
  /** What it can do, if that was asked for. */
  readonly supports?: EngineSupports;
  readonly reason?: string;
  readonly hint?: string;
}

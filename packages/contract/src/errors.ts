/**
 * The one table of error codes. CLI, server and documentation read it; nobody invents an exit code or an HTTP status elsewhere.
 *
 * A play that fails is not in this table: it is a value (a job result with status `failed`). The codes here say that a
 * request, an engine, an image, a disk or the runner itself is at fault.
 */
export const errorTable: Readonly<Record<ErrorCode, ErrorRow>> = {
  USAGE: { actor: "user", exitCode: 2, httpStatus: 400, retry: false, meaning: "The command line is wrong." },
  REQUEST_INVALID: { actor: "user", exitCode: 1, httpStatus: 400, retry: false, meaning: "A job request can not be carried out as it stands." },
  DATA_DIR_INVALID: { actor: "user", exitCode: 1, httpStatus: 400, retry: false, meaning: "The private data directory, or a file in it, is missing or malformed." },
  SETTINGS_INVALID: { actor: "user", exitCode: 1, httpStatus: 400, retry: false, meaning: "A setting is unknown, has the wrong type, or clashes with another." },
  MOUNT_REFUSED: { actor: "user", exitCode: 1, httpStatus: 400, retry: false, meaning: "A volume mount is malformed, its source is missing, or it would expose a system directory." },
  JOB_NOT_FOUND: { actor: "user", exitCode: 1, httpStatus: 404, retry: false, meaning: "No job has this ident." },
  JOB_CONFLICT: { actor: "user", exitCode: 1, httpStatus: 409, retry: false, meaning: "A job with this ident is running, or was interrupted and not cleaned up." },
  UNAUTHORIZED: { actor: "user", exitCode: 1, httpStatus: 401, retry: false, meaning: "The bearer token is missing or wrong." },
  TOO_MANY_REQUESTS: { actor: "user", exitCode: 1, httpStatus: 429, retry: true, meaning: "The server has as many jobs, streams or requests as it takes; `Retry-After` says when to ask again." },
  BODY_TOO_LARGE: { actor: "user", exitCode: 1, httpStatus: 413, retry: false, meaning: "The body of a request is larger than the server takes." },
  REQUEST_TIMEOUT: { actor: "network", exitCode: 1, httpStatus: 408, retry: true, meaning: "A request did not arrive whole in the time that the server waits for it." },
  FORBIDDEN: { actor: "operator", exitCode: 1, httpStatus: 403, retry: false, meaning: "The server's operator has not allowed this to clients." },
  MEDIA_TYPE: { actor: "user", exitCode: 1, httpStatus: 415, retry: false, meaning: "The server takes JSON only." },
  METHOD_NOT_ALLOWED: { actor: "user", exitCode: 1, httpStatus: 405, retry: false, meaning: "The server has this resource, but not this method for it; `Allow` lists those that it has." },
  NOT_FOUND: { actor: "user", exitCode: 1, httpStatus: 404, retry: false, meaning: "The server has no such resource." },
  ENGINE_NOT_FOUND: { actor: "user", exitCode: 1, httpStatus: 400, retry: false, meaning: "The container engine asked for is not known or not installed." },
  ENGINE_INCOMPATIBLE: { actor: "user", exitCode: 1, httpStatus: 400, retry: false, meaning: "An engine plugin was made for another contract, or lacks a capability the job needs." },
  ENGINE_UNAVAILABLE: { actor: "operator", exitCode: 125, httpStatus: 503, retry: true, meaning: "The engine does not answer." },
  ENGINE_FAILED: { actor: "operator", exitCode: 125, httpStatus: 502, retry: false, meaning: "The engine refused or broke an operation." },
  CONTAINER_NOT_FOUND: { actor: "operator", exitCode: 125, httpStatus: 502, retry: false, meaning: "A container that should exist does not." },
  CONTAINER_CONFLICT: { actor: "user", exitCode: 125, httpStatus: 409, retry: false, meaning: "A container with this name exists already." },
  CONTAINER_NOT_RUNNING: { actor: "operator", exitCode: 125, httpStatus: 409, retry: false, meaning: "Something was asked of a container that only one that runs can do." },
  PATH_NOT_FOUND: { actor: "user", exitCode: 125, httpStatus: 422, retry: false, meaning: "A file or directory that should be in a container is not there." },
  IMAGE_NOT_FOUND: { actor: "user", exitCode: 125, httpStatus: 422, retry: false, meaning: "The image is neither present nor known to its registry." },
  IMAGE_IN_USE: { actor: "user", exitCode: 125, httpStatus: 409, retry: true, meaning: "The image can not be removed: containers were made of it, or it has further names." },
  IMAGE_UNSUITABLE: { actor: "user", exitCode: 126, httpStatus: 422, retry: false, meaning: "The image can not run jobs (no Python 3.6 or newer, wrong platform)." },
  REGISTRY_DENIED: { actor: "user", exitCode: 125, httpStatus: 422, retry: false, meaning: "The registry wants credentials, or others." },
  REGISTRY_FORBIDDEN: { actor: "user", exitCode: 125, httpStatus: 422, retry: false, meaning: "The registry knows who asks, and does not allow it." },
  REGISTRY_UNTRUSTED: { actor: "operator", exitCode: 125, httpStatus: 502, retry: false, meaning: "The registry's certificate is not trusted, or it speaks no TLS." },
  REGISTRY_UNREACHABLE: { actor: "network", exitCode: 125, httpStatus: 502, retry: true, meaning: "The registry did not answer." },
  REGISTRY_RATE_LIMITED: { actor: "user", exitCode: 125, httpStatus: 429, retry: true, meaning: "The registry was asked too often." },
  TOOL_FAILED: { actor: "user", exitCode: 1, httpStatus: 422, retry: false, meaning: "A command of the tool that was asked for an answer (documentation, inventory, configuration) failed or gave none." },
  HANDLER_FAILED: { actor: "user", exitCode: 1, httpStatus: 500, retry: false, meaning: "A handler that the embedding program gave to a job threw." },
  OUT_OF_MEMORY: { actor: "user", exitCode: 137, httpStatus: 422, retry: false, meaning: "A process of the job was killed because its container ran out of memory." },
  JOB_LOST: { actor: "operator", exitCode: 125, httpStatus: 502, retry: false, meaning: "The job ended without a complete report (killed from outside, or its engine restarted)." },
  HOST_LIMIT: { actor: "operator", exitCode: 71, httpStatus: 503, retry: true, meaning: "This machine, or a limit of this user's, has no room for what is needed: open files, processes, memory." },
  STORE_FAILED: { actor: "operator", exitCode: 74, httpStatus: 500, retry: true, meaning: "Artifacts, journal or output could not be written." },
  STORE_FULL: { actor: "operator", exitCode: 74, httpStatus: 507, retry: true, meaning: "The disk for artifacts, journal or output is full." },
  ARTIFACTS_DAMAGED: { actor: "operator", exitCode: 74, httpStatus: 500, retry: false, meaning: "A file of the artifacts is not what the runner wrote: cut, edited, replaced, emptied or lost." },
  INTERNAL: { actor: "us", exitCode: 70, httpStatus: 500, retry: false, meaning: "A defect of the runner." },
};

/** What follows from a code. */
export interface ErrorRow {
  /** Who can act on it. */
  readonly actor: "user" | "operator" | "network" | "us";
  /** Exit code of the CLI. */
  readonly exitCode: number;
  /** Answer of the server. */
  readonly httpStatus: number;
  /** Whether the same request may succeed later. */
  readonly retry: boolean;
  readonly meaning: string;
}

/** Stable, for programs; see the table for what each means. */
export type ErrorCode =
  | "USAGE"
  | "REQUEST_INVALID"
  | "DATA_DIR_INVALID"
  | "SETTINGS_INVALID"
  | "MOUNT_REFUSED"
  | "JOB_NOT_FOUND"
  | "JOB_CONFLICT"
  | "UNAUTHORIZED"
  | "TOO_MANY_REQUESTS"
  | "BODY_TOO_LARGE"
  | "REQUEST_TIMEOUT"
  | "FORBIDDEN"
  | "MEDIA_TYPE"
  | "METHOD_NOT_ALLOWED"
  | "NOT_FOUND"
  | "ENGINE_NOT_FOUND"
  | "ENGINE_INCOMPATIBLE"
  | "ENGINE_UNAVAILABLE"
  | "ENGINE_FAILED"
  | "CONTAINER_NOT_FOUND"
  | "CONTAINER_CONFLICT"
  | "CONTAINER_NOT_RUNNING"
  | "PATH_NOT_FOUND"
  | "IMAGE_NOT_FOUND"
  | "IMAGE_IN_USE"
  | "IMAGE_UNSUITABLE"
  | "REGISTRY_DENIED"
  | "REGISTRY_FORBIDDEN"
  | "REGISTRY_UNTRUSTED"
  | "REGISTRY_UNREACHABLE"
  | "REGISTRY_RATE_LIMITED"
  | "TOOL_FAILED"
  | "HANDLER_FAILED"
  | "OUT_OF_MEMORY"
  | "JOB_LOST"
  | "HOST_LIMIT"
  | "STORE_FAILED"
  | "STORE_FULL"
  | "ARTIFACTS_DAMAGED"
  | "INTERNAL";

/** Where in the input the fault is. Lines and columns count from 1. */
export interface ErrorLocation {
  readonly file?: string;
  readonly key?: string;
  readonly line?: number;
  readonly column?: number;
}

/** What an error says besides its message. */
export interface ErrorOptions {
  /** What to do about it, one sentence. */
  readonly hint?: string;
  readonly location?: ErrorLocation;
  /** Several faults of one input: one line each. */
  readonly problems?: readonly string[];
  readonly cause?: unknown;
}

/** A plain-JSON error, as it stands in journals, records and HTTP answers. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly location?: ErrorLocation;
  readonly problems?: readonly string[];
}

const brand = "@distronode-runner/error";

/** The only error class that leaves our packages. `message` says what was wrong, and where. */
export class RunnerError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly location: ErrorLocation | undefined;
  readonly problems: readonly string[];

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "RunnerError";
    Object.defineProperty(this, Symbol.for(brand), { value: true });
    this.code = code;
    this.hint = options.hint;
    this.location = options.location;
    this.problems = options.problems ?? [];
  }

  get exitCode(): number {
    return errorTable[this.code].exitCode;
  }

  toJSON(): ErrorRecord {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.location === undefined ? {} : { location: this.location }),
      ...(this.problems.length === 0 ? {} : { problems: this.problems }),
    };
  }
}

/** True for errors of ours, also of another copy of this package. */
export function isRunnerError(value: unknown): value is RunnerError {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[Symbol.for(brand)] === true;
}

/** Any thrown value as a `RunnerError`: ours unchanged, everything else as `fallback` with its cause kept. */
export function asRunnerError(value: unknown, fallback: ErrorCode = "INTERNAL"): RunnerError {
  if (isRunnerError(value)) return value;
  const message = value instanceof Error ? value.message : String(value);
  const system = value instanceof Error ? (value as Error & { code?: unknown }).code : undefined;
  const limited = typeof system === "string" && Object.hasOwn(limits, system) && (system !== "EAGAIN" || /^(spawn|fork)/.test(String((value as NodeJS.ErrnoException).syscall)));
  if (limited) return new RunnerError("HOST_LIMIT", `${limits[system]![0]}: ${message}.`, { cause: value, hint: limits[system]![1] });
  const code = system === "ENOSPC" || system === "EDQUOT" ? "STORE_FULL" : fallback;
  return new RunnerError(code, message, { cause: value });
}

/** What the system calls a limit -> what it means, and what to do. */
const limits: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  EMFILE: ["This process may not open more files", "Raise the limit (ulimit -n, LimitNOFILE= of a service), or run fewer jobs at once."],
  ENFILE: ["This machine may not open more files", "Raise fs.file-max (sysctl), or run fewer jobs at once."],
  EAGAIN: ["No more processes can be started", "Raise the limit (ulimit -u, TasksMax= of a service), or run fewer jobs at once."],
  ENOMEM: ["The memory is used up", "Give the machine more, or run fewer jobs at once."],
};

import type { ErrorRecord, JobRequest } from "@distronode-runner/contract";

/** What is handed to the process that will be the runner of a job. */
export type Assignment = NewJob | Adoption;

export interface NewJob {
  readonly request: JobRequest;
  /** The caller's directory, which relative paths are relative to. */
  readonly cwd: string;
  readonly debug: boolean;
  readonly logfile?: string;
  /** `start`: the pid file is the job's; the answer comes when it runs. `detach`: it is one of many; the answer comes as soon as there is a job. */
  readonly as: "start" | "detach";
}

/** A job that has no runner. */
export interface Adoption {
  /** Its artifact directory. */
  readonly adopt: string;
  readonly cwd: string;
}

/** What that process answers, once: the job is running (or there is one, see `as`), or it came to nothing. */
export type Answer = { readonly is: "running" } | { readonly is: "ended"; readonly exitCode: number; readonly artifactDir: string; readonly error?: ErrorRecord } | { readonly is: "refused"; readonly error: ErrorRecord };

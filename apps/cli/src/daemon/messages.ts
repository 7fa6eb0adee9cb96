import type { ErrorRecord, JobRequest } from "@distronode-runner/contract";

/** What `start` hands to the process that will run the job. */
export interface Assignment {
  readonly request: JobRequest;
  /** The caller's directory, which relative paths are relative to. */
  readonly cwd: string;
  readonly debug: boolean;
  readonly logfile?: string;
}

/** What that process answers, once: the job is running, or it came to nothing. */
export type Answer = { readonly is: "running" } | { readonly is: "ended"; readonly exitCode: number; readonly artifactDir: string; readonly error?: ErrorRecord } | { readonly is: "refused"; readonly error: ErrorRecord };

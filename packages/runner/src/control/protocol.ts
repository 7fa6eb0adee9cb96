import type { JobStatus } from "@distronode-runner/contract";

/** What another process of the same user may ask of a runner's job, over the job's control socket: one line of JSON, answered by one line. */
export type ControlRequest = { readonly do: "status" } | { readonly do: "cancel"; readonly force: boolean } | { readonly do: "answer"; readonly text: string };

export type ControlReply = JobReport | { readonly refused: string };

/** What a runner says of its job. */
export interface JobReport {
  readonly jobId: string;
  readonly ident: string;
  readonly status: JobStatus;
  readonly artifactDir: string;
  readonly privateDataDir: string;
  /** What it runs, for people; runners of former versions do not say it. */
  readonly runs?: string;
  /** Process of the runner. */
  readonly pid: number;
  readonly engine: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** What the job asks and nobody has answered. */
  readonly question?: string;
}

/** Longer than any answer. */
export const lineLimit: number = 1024 * 1024;

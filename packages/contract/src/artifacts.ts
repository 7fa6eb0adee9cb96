import type { FactCache, JobPlan, JobResult } from "./job.ts";

/**
 * Where a job's artifacts go. The classic layout of `ansible-runner` is the directory store's business; other stores may keep the
 * same facts elsewhere. Everything handed over is already free of secrets.
 */
export interface ArtifactStore {
  /** Takes the place for one job. A job with this ident that has not ended is `JOB_CONFLICT`; one that has ended is replaced. */
  open(plan: JobPlan): Promise<JobArtifacts>;
  /** Goes on with the artifacts of a job whose runner is gone. `sizes`: how much of the streams counts; what is longer is cut. */
  resume(plan: JobPlan, sizes: ArtifactSizes): Promise<JobArtifacts>;
  /** Completes what nobody goes on with: `rc`, `status` and `record.json`, as `JobArtifacts.finish` does. */
  abandon(artifactDir: string, result: JobResult, record: Readonly<Record<string, unknown>>): Promise<void>;
  /** What `JobArtifacts.exited` said of a job whose artifacts were not finished. */
  exitOf(artifactDir: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** Bytes in `stdout` and `stderr`. */
export interface ArtifactSizes {
  readonly stdout: number;
  readonly stderr: number;
}

/** A file that is open for reading, wherever one likes in it. */
export interface OpenFile {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
}

/** A file that is read while it is written. */
export interface GrowingFile {
  readonly path: string;
  /** Bytes that may be read. */
  readonly written: number;
  /** No more will come. */
  readonly ended: boolean;
  /** Why nothing more can be written. */
  readonly failure: Error | undefined;
  /** Opens it for reading: the file that is written, whatever has its name by now. Rejects with `ARTIFACTS_DAMAGED` if that one cannot be found any more. */
  open(): Promise<OpenFile>;
  /** Resolves at the next change of any of these. */
  changed(): Promise<void>;
}

/** The artifacts of one job. Bytes and events are taken at once and written behind; `flush` waits for them and reports what failed. */
export interface JobArtifacts {
  /** The job's directory, absolute. */
  readonly directory: string;
  /** `command`, `cwd` and masked environment, before the job starts. May be called again with what really ran. */
  command(record: CommandRecord): Promise<void>;
  /** Bytes for `stdout`, in order. */
  stdout(bytes: Uint8Array): void;
  stderr(bytes: Uint8Array): void;
  /** Where the bytes for `stdout` are, as they come. Undefined: the job was not to keep them. */
  readonly output: GrowingFile | undefined;
  /** One event: its `counter`, its `uuid`, and its JSON, as text or encoded in pieces. */
  event(counter: number, uuid: string, json: string | readonly Uint8Array[]): void;
  /** Resolves when more may be handed over: what waits for the disk is little. Never rejects. */
  ready(): Promise<void>;
  /** How much of the streams was handed over. */
  readonly sizes: ArtifactSizes;
  /** What the tool remembers of hosts; its cache is written by the tool itself. */
  readonly facts: FactCache;
  /** Resolves when everything handed over so far is on disk, or rejects with `STORE_FAILED` / `STORE_FULL`. */
  flush(): Promise<void>;
  /**
   * Takes over what the job left in directories of its own, when its container has gone: regular files only, and none in place of one of the runner's. Returns a sentence for
   * each that was left out. For a job without a boundary (`JobPlan.boundary`) nothing is to be taken.
   */
  collect(): Promise<readonly string[]>;
  /** All that the job said is stored, and this is how its tool ended. Kept until `finish`, for who has to finish it if this process is killed before. */
  exited(exit: Readonly<Record<string, unknown>>): Promise<void>;
  /** Writes `rc`, `status` and `record.json`, in this order last of all; nothing may follow. */
  finish(result: JobResult, record: Readonly<Record<string, unknown>>): Promise<void>;
  /** Instead of `finish`: the job goes on with another runner. Frees what is open, and who reads `output` here has come to its end. Never rejects. */
  leave(): Promise<void>;
}

/** What stands in the `command` artifact. */
export interface CommandRecord {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

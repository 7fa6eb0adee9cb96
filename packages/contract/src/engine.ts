import type { Archives } from "./archives.ts";
import type { Attachment, ContainerExit, ContainerSpec, ContainerSummary, CreatedContainer, Labels } from "./container.ts";
import type { ExecSession, ExecSpec } from "./exec.ts";
import type { ImageInfo, PullProgress, PullRequest } from "./image.ts";
import type { ImageStore } from "./image-store.ts";

/**
 * One container engine: verbs about one container or one image. Intent goes in, values come out.
 *
 * Order for one job: `image` (and `pull` if it is missing) -> `create` -> `attach` -> `start` -> `wait` -> `remove`.
 * `attach` comes before `start`, so that the first byte has a reader. All verbs may be called concurrently, and, where
 * `supports.listAcrossProcesses`, all but `attach` and `start` by another process than the one that created the container.
 *
 * Laws. Each is a case of the conformance suite in `engine-testkit`:
 *
 * 1. A non-zero exit is a value. `wait` resolves with it, whatever it is.
 * 2. Aborting a call (`signal`) rejects it with the signal's reason and leaves the container alone. Only `signal()` and
 *    `remove()` touch a container.
 * 3. Output loses nothing: every byte a container writes to its two streams comes out of an attachment opened before `start`,
 *    also when it wrote 1 MB and exited within 10 ms. The order within one stream is kept; between the two it is not promised.
 *    A slow reader is read ahead for, up to a bound, and then holds the container up. What a reader that stops altogether has not taken two
 *    seconds after the exit may be lost (Docker waits no longer); a container for whose reader that is too short waits for its word to exit.
 * 4. Leaving the `output` loop early, or `close()`, releases the reader only.
 * 5. `signal` and `remove` are idempotent: on a container that has exited or is gone they resolve without effect. `remove`
 *    resolves when the container is gone, running or not before, within seconds.
 * 6. What `create` made, `list` finds by its labels, in any phase, until `remove`. Labels are set in the same step as the creation.
 * 7. Rejections (other than law 2) are `RunnerError` with a code of the table, their cause kept. An unknown container is
 *    `CONTAINER_NOT_FOUND`, an absent image at `create` is `IMAGE_NOT_FOUND`, a taken name is `CONTAINER_CONFLICT`, a command that
 *    the image lacks is `IMAGE_UNSUITABLE` at `start` (or at `attach` where the engine looks that early).
 * 8. No policy: no retries, no timeouts, no decision whether to pull, nothing written to the console.
 * 9. Nothing happens at import. `close` frees what `open` took (sockets, a service the engine started) and leaves containers alone.
 * 10. `exec` starts one more process in a running container, whoever made that, and resolves when the process runs. Laws 1 to 4 hold for its
 *    streams and its exit as for the container's. It sees the container's files and environment. Its end leaves the container alone; the
 *    container's end is its own. A container that does not run is `CONTAINER_NOT_RUNNING`, a command that is not there `IMAGE_UNSUITABLE`.
 *    Where `supports.exec` is false it rejects with `ENGINE_INCOMPATIBLE` (`withoutExec`).
 * 11. The verbs of `ImageStore` work where `supports.images`, those of `Archives` where `supports.archives`; elsewhere they reject with
 *    `ENGINE_INCOMPATIBLE` (`withoutImageStore`, `withoutArchives`; without any of these: `withoutOptionalVerbs`).
 */
export interface Engine extends ImageStore, Archives {
  /** `podman`, `docker`, `process`, or the plugin's own. */
  readonly name: string;
  /** What this engine can do. Frozen and honest: the runner plans by it, the conformance suite tests by it. */
  readonly supports: EngineSupports;
  /**
   * Variables that name proxies and that the engine's own command line gives to each container, by the caller's environment or a configuration of its own. The
   * runner gives them to each job that has none of its own. Absent: none.
   */
  readonly proxies?: Readonly<Record<string, string>>;

  info(options?: CallOptions): Promise<EngineInfo>;

  /** The image, if it is present locally. Never asks a registry. */
  image(reference: string, options?: CallOptions): Promise<ImageInfo | undefined>;
  /** Fetches the image, whether present or not. */
  pull(request: PullRequest, options?: CallOptions & { readonly onProgress?: (progress: PullProgress) => void }): Promise<ImageInfo>;

  /** Makes a container with stdin open and both output streams attachable, without TTY; does not start it. */
  create(spec: ContainerSpec, options?: CallOptions): Promise<CreatedContainer>;
  attach(id: string, options?: CallOptions): Promise<Attachment>;
  start(id: string, options?: CallOptions): Promise<void>;
  exec(id: string, spec: ExecSpec, options?: CallOptions): Promise<ExecSession>;
  /** Resolves when the container has exited; at once if it has. A container never started keeps it waiting. */
  wait(id: string, options?: CallOptions): Promise<ContainerExit>;
  signal(id: string, signal: EngineSignal, options?: CallOptions): Promise<void>;
  remove(id: string, options?: CallOptions): Promise<void>;
  /** Containers that carry all these labels (an empty value matches any), in any phase. */
  list(labels: Labels, options?: CallOptions): Promise<readonly ContainerSummary[]>;

  close(): Promise<void>;
}

/** What goes with every call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What a container may be told by signal. */
export type EngineSignal = "SIGINT" | "SIGTERM" | "SIGKILL";

/** What an engine can do. The runner asks for a capability, never for an engine by name. */
export interface EngineSupports {
  /** False: jobs are processes of this machine; `image` answers for any reference and mounts are ignored. */
  readonly containers: boolean;
  /** Paths of this machine can be mounted. */
  readonly sharedDisk: boolean;
  /** Images can be listed, removed, saved and loaded: the verbs of `ImageStore`. */
  readonly images: boolean;
  /** Further processes can be started in a container that runs. */
  readonly exec: boolean;
  /** Files go in and out of a container as archives: the verbs of `Archives`. */
  readonly archives: boolean;
  /** `list` finds containers made by other processes. */
  readonly listAcrossProcesses: boolean;
  readonly limits: { readonly memory: boolean; readonly cpus: boolean; readonly pids: boolean };
  /** `verifyTls: false` is honoured per pull. */
  readonly insecurePull: boolean;
  readonly overlayMounts: boolean;
  /** Without a `user`, files that the container's root writes into a mount belong to the caller. */
  readonly rootIsCaller: boolean;
}

/** An engine that answers. */
export interface EngineInfo {
  readonly name: string;
  readonly version: string;
  readonly apiVersion?: string;
  readonly os: string;
  readonly architecture: string;
  readonly rootless: boolean;
  /** Where it was reached: a socket path or URL; empty for the process engine. */
  readonly endpoint: string;
}

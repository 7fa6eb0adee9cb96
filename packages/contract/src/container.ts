/** Everything an engine needs to know of a container: intent, never flags. Each engine translates. */
export interface ContainerSpec {
  /** `^[a-zA-Z0-9][a-zA-Z0-9_.-]+$`; taken already = `CONTAINER_CONFLICT`. */
  readonly name: string;
  /** Reference of an image that is present. */
  readonly image: string;
  /** Argument vector; the image's entrypoint stays in front unless `entrypoint` says otherwise. */
  readonly command: readonly string[];
  readonly entrypoint?: readonly string[];
  /** Stored in the container's configuration, readable by anyone who can inspect it: never a secret. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workdir?: string;
  readonly mounts: readonly Mount[];
  readonly labels: Labels;
  /** `uid[:gid]` or a name in the image. Absent: the image's own user. */
  readonly user?: string;
  readonly groups?: readonly string[];
  /** Engine's network mode or network name: `host`, `none`, `bridge`, `slirp4netns`, ... Absent: the engine's default. */
  readonly network?: string;
  readonly hostname?: string;
  readonly extraHosts?: readonly string[];
  readonly dns?: readonly string[];
  readonly limits?: ContainerLimits;
  readonly capabilities?: { readonly add: readonly string[]; readonly drop: readonly string[] };
  readonly privileged?: boolean;
  /** As the engines' own CLI writes them: `label=disable`, `seccomp=unconfined`, `no-new-privileges`. */
  readonly securityOptions?: readonly string[];
  /** `host`, `keep-id`, `private`, ... where the engine has such a thing. */
  readonly userNamespace?: string;
  readonly ipc?: string;
  readonly pidNamespace?: string;
  readonly devices?: readonly string[];
  readonly tmpfs?: readonly TmpfsMount[];
  readonly ulimits?: readonly Ulimit[];
  readonly shmBytes?: number;
  readonly readOnlyRoot?: boolean;
  /** `os/arch[/variant]`. */
  readonly platform?: string;
  /** For engines that make a process of this machine see less of it, instead of an image. */
  readonly sandbox?: SandboxSpec;
}

/**
 * What a process of this machine sees of its file system. Paths are absolute; one that does not exist is left out with a warning. They
 * are applied in this order, so that a directory that is shown shows what is hidden in it again.
 */
export interface SandboxSpec {
  /** Something empty stands in their place. */
  readonly hide: readonly string[];
  readonly readOnly: readonly string[];
  readonly show: readonly string[];
  /** Last of all, in this order: over whatever the lists above show there. */
  readonly mounts: readonly Pick<Mount, "source" | "target" | "readOnly">[];
  /** Directory in which what stands for hidden paths is made, for as long as the process is there. */
  readonly stagingDir: string;
  /** Where the process starts. Absent: wherever its caller is, if that can be seen. */
  readonly workdir?: string;
}

/** Name -> value, as the engines keep them at a container. */
export type Labels = Readonly<Record<string, string>>;

/** Whether a container or image carries all the labels that are wanted; an empty value matches any. */
export function hasLabels(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => (value === "" ? Object.hasOwn(labels, name) : labels[name] === value));
}

/** A file or directory of the engine's machine shown in the container. `source` is absolute and exists. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** SELinux: `private` relabels for this container alone, `shared` for all. */
  readonly relabel: "none" | "private" | "shared";
  /** Changes go to a throw-away layer (podman's `O`); only where `supports.overlayMounts`. */
  readonly overlay?: boolean;
}

/** A directory in memory. */
export interface TmpfsMount {
  readonly target: string;
  /** Mount options as the engines' CLI writes them, e.g. `rw,size=64m`. */
  readonly options?: string;
}

/** A limit of the kernel for each process, e.g. `nofile`. */
export interface Ulimit {
  readonly name: string;
  /** -1: none. */
  readonly soft: number;
  readonly hard: number;
}

/** Absent = no limit. */
export interface ContainerLimits {
  readonly memoryBytes?: number;
  readonly cpus?: number;
  /** -1: none, also where the engine's configuration has one. */
  readonly pids?: number;
}

/** What `create` made. */
export interface CreatedContainer {
  readonly id: string;
  /** What the engine wants the user to know, e.g. a limit it can not apply. */
  readonly warnings: readonly string[];
}

/** How a container ended. */
export interface ContainerExit {
  /** 128 + n when ended by signal n. Undefined where nobody is left who could know: a process of this machine whose creator was killed. */
  readonly exitCode: number | undefined;
  /** As far as the engine can tell. */
  readonly outOfMemory: boolean;
}

/** Where a container is in its life, in words that all engines share. */
export type ContainerPhase = "created" | "running" | "exited";

/** A container in a list. */
export interface ContainerSummary {
  readonly id: string;
  readonly name: string;
  readonly phase: ContainerPhase;
  readonly labels: Labels;
  readonly image: string;
}

/** A piece of what a container printed. */
export interface OutputChunk {
  readonly stream: "stdout" | "stderr";
  readonly bytes: Uint8Array;
}

/** The streams of one container (or of one process started in it by `exec`). One consumer. */
export interface Attachment {
  /** Resolves when the engine has taken the bytes; awaiting it is the back-pressure. */
  write(bytes: Uint8Array): Promise<void>;
  /** Closes stdin; output goes on. */
  end(): Promise<void>;
  /** Ends when the other side has closed both streams; an engine that went away ends it with `ENGINE_UNAVAILABLE` if it can tell. */
  readonly output: AsyncIterable<OutputChunk>;
  /** Releases the streams and leaves the container alone. Idempotent. */
  close(): Promise<void>;
}

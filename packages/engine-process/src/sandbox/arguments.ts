/** Paths with their links resolved; each exists. */
export interface SandboxView {
  /** Path -> the empty file or directory that stands in its place. */
  readonly hidden: ReadonlyMap<string, string>;
  readonly readOnly: readonly string[];
  readonly shown: readonly string[];
  /** Over all the others. */
  readonly mounts: readonly { readonly source: string; readonly target: string; readonly readOnly: boolean }[];
  readonly workdir?: string;
  /** The caller is root, whose capabilities bubblewrap leaves alone. */
  readonly root: boolean;
}

/**
 * What root keeps in a sandbox: what an engine leaves root in a container. With more it could undo the mounts, make device files, or look into the memory of
 * other processes.
 */
const rootCapabilities = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_AUDIT_WRITE", "CAP_SETFCAP"];

/**
 * Arguments of bubblewrap in front of a command. The peer's, in its order, but for `/dev`: the job has devices of its own, without disks and terminals of
 * others, and a `/dev/shm` of its own, so that its private directory is neither seen by other jobs nor left behind when the job is killed.
 */
export function sandboxArguments(view: SandboxView): readonly string[] {
  return [
    "--die-with-parent",
    "--unshare-pid",
    ...(view.root ? ["--cap-drop", "ALL", ...rootCapabilities.flatMap((name) => ["--cap-add", name])] : []),
    "--dev", "/dev",
    "--tmpfs", "/dev/shm",
    "--proc", "/proc",
    "--dir", "/tmp",
    ...["/bin", "/etc", "/usr", "/opt"].flatMap((path) => ["--ro-bind", path, path]),
    "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
    ...[...view.hidden].flatMap(([path, standIn]) => ["--bind", standIn, path]),
    ...view.readOnly.flatMap((path) => ["--ro-bind", path, path]),
    ...view.shown.flatMap((path) => ["--bind", path, path]),
    ...view.mounts.flatMap(({ source, target, readOnly }) => [readOnly ? "--ro-bind" : "--bind", source, target]),
    ...(view.workdir === undefined ? [] : ["--chdir", view.workdir]),
  ];
}

/** Paths with their links resolved; each exists. */
export interface SandboxView {
  /** Path -> the empty file or directory that stands in its place. */
  readonly hidden: ReadonlyMap<string, string>;
  readonly readOnly: readonly string[];
  readonly shown: readonly string[];
  readonly workdir?: string;
}

/**
 * Arguments of bubblewrap in front of a command. The peer's, in its order, but for `/dev/shm`: that is the job's own, so that its private
 * directory is neither seen by other jobs nor left behind when the job is killed.
 */
export function sandboxArguments(view: SandboxView): readonly string[] {
  return [
    "--die-with-parent",
    "--unshare-pid",
    "--dev-bind", "/dev", "dev",
    "--tmpfs", "/dev/shm",
    "--proc", "/proc",
    "--dir", "/tmp",
    ...["/bin", "/etc", "/usr", "/opt"].flatMap((path) => ["--ro-bind", path, path]),
    "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
    ...[...view.hidden].flatMap(([path, standIn]) => ["--bind", standIn, path]),
    ...view.readOnly.flatMap((path) => ["--ro-bind", path, path]),
    ...view.shown.flatMap((path) => ["--bind", path, path]),
    ...(view.workdir === undefined ? [] : ["--chdir", view.workdir]),
  ];
}

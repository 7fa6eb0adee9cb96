import { join, resolve } from "node:path";
import type { Mount, SandboxExecution } from "@distronode-runner/contract";
import type { EffectiveSettings } from "../settings/effective-settings.ts";
import { listOf } from "../settings/list-of.ts";
import { below } from "./path-map.ts";
import { refuseLeaving, type Writable } from "./writable.ts";

/** What a sandbox shows of itself, read-only. */
const system = ["/bin", "/etc", "/usr", "/opt"];

export interface SandboxInput {
  readonly cwd: string;
  /** Directory for what is temporary, if the settings name none. */
  readonly temporary: string;
  /** The job's boundary, over everything else. The first one stands for the private data directory. */
  readonly boundary: readonly Mount[];
  /** What the boundary stands for, as it was named. */
  readonly own: { readonly dataDir: string; readonly artifactRoot: string };
  readonly writable: Writable;
  /** What the job's arguments name elsewhere. */
  readonly mounts: readonly Mount[];
  readonly workdir: string | undefined;
}

export function planSandbox({ values }: EffectiveSettings, input: SandboxInput): SandboxExecution {
  const paths = (value: string | readonly string[] | undefined): readonly string[] => listOf(value).map((path) => resolve(input.cwd, path));
  const checked = (key: "process_isolation_ro_paths" | "process_isolation_show_paths"): readonly string[] => {
    const named = paths(values[key]);
    for (const path of named) refuseLeaving(path, key, input.writable);
    return named;
  };
  const named = (readOnly: boolean): readonly string[] => input.mounts.filter((mount) => mount.readOnly === readOnly).map((mount) => mount.source);
  const outside = named(true).filter((path) => !system.some((directory) => below(directory, path) !== undefined));
  const readOnly = [...checked("process_isolation_ro_paths"), ...outside];
  const show = [...checked("process_isolation_show_paths"), ...named(false)];
  return {
    executable: values.process_isolation_executable ?? "bwrap",
    hide: paths(values.process_isolation_hide_paths),
    readOnly,
    show,
    mounts: [...input.boundary, ...overOthers(input, [...system, ...readOnly, ...show])].map(({ source, target, readOnly: fixed }) => ({ source, target, readOnly: fixed })),
    stagingDir: values.process_isolation_path === undefined ? input.temporary : resolve(input.cwd, values.process_isolation_path),
    ...(input.workdir === undefined ? {} : { workdir: input.workdir }),
  };
}

/** What the boundary stands for may be seen under its real name too, in a directory that is shown: the job's own directories stand for it there as well. */
function overOthers({ boundary, own, writable: { real } }: SandboxInput, shown: readonly string[]): readonly Mount[] {
  const [first] = boundary;
  if (first === undefined) return [];
  const seen = (path: string): boolean => shown.some((directory) => below(real(directory), path) !== undefined);
  const covered = (path: string): boolean => boundary.some(({ target }) => target === path || (target === first.target && below(target, path) !== undefined));
  const places = [
    { source: first.source, target: real(own.dataDir) },
    { source: join(first.source, "artifacts"), target: real(own.artifactRoot) },
  ];
  return places.filter(({ target }) => seen(target) && !covered(target)).map((place): Mount => ({ ...place, readOnly: false, relabel: "private" }));
}

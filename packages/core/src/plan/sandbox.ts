import { resolve } from "node:path";
import type { Mount, SandboxExecution } from "@distronode-runner/contract";
import type { EffectiveSettings } from "../settings/effective-settings.ts";
import { listOf } from "../settings/list-of.ts";
import { below } from "./path-map.ts";

/** What a sandbox shows of itself, read-only. */
const system = ["/bin", "/etc", "/usr", "/opt"];

export interface SandboxInput {
  readonly cwd: string;
  /** Directory for what is temporary, if the settings name none. */
  readonly temporary: string;
  /** The job's boundary, over everything else. */
  readonly boundary: readonly Mount[];
  /** What the job's arguments name elsewhere. */
  readonly mounts: readonly Mount[];
  readonly workdir: string | undefined;
}

export function planSandbox({ values }: EffectiveSettings, input: SandboxInput): SandboxExecution {
  const paths = (value: string | readonly string[] | undefined): readonly string[] => listOf(value).map((path) => resolve(input.cwd, path));
  const named = (readOnly: boolean): readonly string[] => input.mounts.filter((mount) => mount.readOnly === readOnly).map((mount) => mount.source);
  const outside = named(true).filter((path) => !system.some((directory) => below(directory, path) !== undefined));
  return {
    executable: values.process_isolation_executable ?? "bwrap",
    hide: paths(values.process_isolation_hide_paths),
    readOnly: [...paths(values.process_isolation_ro_paths), ...outside],
    show: [...paths(values.process_isolation_show_paths), ...named(false)],
    mounts: input.boundary.map(({ source, target, readOnly }) => ({ source, target, readOnly })),
    stagingDir: values.process_isolation_path === undefined ? input.temporary : resolve(input.cwd, values.process_isolation_path),
    ...(input.workdir === undefined ? {} : { workdir: input.workdir }),
  };
}

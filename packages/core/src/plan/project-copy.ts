import { join, resolve } from "node:path";
import { RunnerError, type ProjectCopy } from "@distronode-runner/contract";
import type { DataDirSnapshot, Probe } from "../data-dir/snapshot.ts";
import type { EffectiveSettings } from "../settings/effective-settings.ts";
import { below } from "./path-map.ts";

/** With directory isolation: a copy of the project, in a directory of its own below the base path. The base itself is never touched. */
export function planProjectCopy(settings: EffectiveSettings, snapshot: DataDirSnapshot, context: { readonly cwd: string; readonly probe: Probe; readonly jobId: string }): ProjectCopy | undefined {
  const wanted = settings.values.directory_isolation_base_path;
  if (wanted === undefined || !snapshot.hasProject) return undefined;
  const base = resolve(context.cwd, wanted);
  const refuse = (message: string, hint: string): RunnerError => new RunnerError("SETTINGS_INVALID", message, { location: { key: settings.origin("directory_isolation_base_path") }, hint });
  if (context.probe(base) !== "directory") throw refuse(`directory_isolation_base_path: there is no directory ${base} for the copy of the project.`, "Make it, or name one that exists, such as /tmp.");
  if (below(snapshot.projectDir, base) !== undefined) throw refuse(`directory_isolation_base_path: the copy of the project can not be made in ${base}, which is part of the project.`, "Name a directory outside the project, such as /tmp.");
  return { source: snapshot.projectDir, target: join(base, `distronode_runner_di_${context.jobId}`), keep: settings.values.directory_isolation_cleanup === false };
}

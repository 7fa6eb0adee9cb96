import { join, resolve } from "node:path";
import type { JobRequest } from "@distronode-runner/contract";
import type { DataDirSnapshot, Probe } from "../data-dir/snapshot.ts";
import type { PathMap } from "./path-map.ts";

/**
 * Where roles are looked for, as the tool sees it: directories that were named (relative ones from the caller's directory), then, when a role is
 * run, `roles/` of the private data directory.
 */
export function planRolesPath(request: JobRequest, snapshot: DataDirSnapshot, probe: Probe, cwd: string, paths: PathMap): readonly string[] {
  const named = request.rolesPath === undefined ? [] : typeof request.rolesPath === "string" ? request.rolesPath.split(":") : request.rolesPath;
  const own = join(snapshot.root, "roles");
  return [
    ...named.filter((path) => path !== "").map((path) => paths.seen(resolve(cwd, path), "--roles-path")),
    ...(request.role !== undefined && probe(own) === "directory" ? [paths.seen(own, "roles")] : []),
  ];
}

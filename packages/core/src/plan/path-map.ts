import { isAbsolute, join, relative } from "node:path";
import { RunnerError, type Mount } from "@distronode-runner/contract";
import type { DataDirSnapshot } from "../data-dir/snapshot.ts";

/**
 * Translates paths of this machine to those the tool sees. On the host they are the same. In a container, what lies in the private data
 * directory or the project is where these are mounted; anything else is mounted at its own path, read-only unless asked otherwise.
 */
export class PathMap {
  readonly #snapshot: DataDirSnapshot;
  readonly #containerRoot: string | undefined;
  readonly #mounts = new Map<string, Mount>();

  constructor(snapshot: DataDirSnapshot, containerRoot: string | undefined) {
    this.#snapshot = snapshot;
    this.#containerRoot = containerRoot;
  }

  /** `origin` names the flag or key in a refusal. */
  seen(path: string, origin: string, readOnly = true): string {
    const root = this.#containerRoot;
    if (root === undefined) return path;
    const project = below(this.#snapshot.projectDir, path);
    if (project !== undefined) return join(root, "project", project);
    const inside = below(this.#snapshot.root, path);
    if (inside !== undefined) return join(root, inside);
    if (["/", "/home", "/usr"].includes(path) || below(root, path) !== undefined) {
      throw new RunnerError("MOUNT_REFUSED", `The path ${path} can not be shown in the container.`, { location: { key: origin }, hint: "Move what is needed to the private data directory." });
    }
    this.#mounts.set(path, { source: path, target: path, readOnly, relabel: "none" });
    return path;
  }

  /** What has to be mounted for the paths asked so far. */
  get mounts(): readonly Mount[] {
    return [...this.#mounts.values()];
  }
}

function below(directory: string, path: string): string | undefined {
  const rest = relative(directory, path);
  return rest.startsWith("..") || isAbsolute(rest) ? undefined : rest;
}

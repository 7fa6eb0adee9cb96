import { isAbsolute, join, relative } from "node:path";
import { RunnerError, type Mount } from "@distronode-runner/contract";
import { envFileNames, type DataDirSnapshot } from "../data-dir/snapshot.ts";

/** How the tool sees the disk. */
export interface View {
  /** Where it finds the private data directory. */
  readonly root: string;
  /** Where it finds the project. */
  readonly project: string;
  /** Whether it sees nothing else that was not mounted: in a container or sandbox. */
  readonly isolated: boolean;
}

/**
 * Translates paths of this machine to those the tool sees. What lies in the project or the private data directory is where the tool finds
 * these. Anything else is at its own path; for an isolated tool it is mounted there, read-only unless asked otherwise.
 */
export class PathMap {
  readonly #snapshot: DataDirSnapshot;
  readonly #view: View;
  readonly #mounts = new Map<string, Mount>();

  constructor(snapshot: DataDirSnapshot, view: View) {
    this.#snapshot = snapshot;
    this.#view = view;
  }

  /** `origin` names the flag or key in a refusal. */
  seen(path: string, origin: string, readOnly = true): string {
    const { root, project, isolated } = this.#view;
    const inProject = below(this.#snapshot.projectDir, path);
    if (inProject !== undefined) return join(project, inProject);
    const inside = below(this.#snapshot.root, path);
    if (inside !== undefined) {
      if (isolated) refuseRunners(inside, path, origin);
      return join(root, inside);
    }
    if (!isolated) return path;
    if (neverShown.includes(path) || below(root, path) !== undefined) {
      throw new RunnerError("MOUNT_REFUSED", `The path ${path} cannot be shown to an isolated job.`, { location: { key: origin }, hint: "Move what is needed to the private data directory." });
    }
    this.#mounts.set(path, { source: path, target: path, readOnly, relabel: "none" });
    return path;
  }

  /** What has to be mounted for the paths asked so far. */
  get mounts(): readonly Mount[] {
    return [...this.#mounts.values()];
  }
}

/** Directories that are mounted nowhere, whoever asks. */
export const neverShown: readonly string[] = ["/", "/home", "/usr"];

/** What the runner reads in the private data directory is no isolated job's to see. */
function refuseRunners(inside: string, path: string, origin: string): void {
  const [first, second = ""] = inside.split("/");
  if (first !== "args" && (first !== "env" || !(envFileNames as readonly string[]).includes(second))) return;
  throw new RunnerError("MOUNT_REFUSED", `The file ${path} cannot be shown to an isolated job: the runner reads it.`, { location: { key: origin }, hint: "What is in it reaches the tool by itself. A file of another name in env/ is shown to the job." });
}

/** The path as seen from the directory; nothing if it is not in it. */
export function below(directory: string, path: string): string | undefined {
  const rest = relative(directory, path);
  return rest === ".." || rest.startsWith("../") || isAbsolute(rest) ? undefined : rest;
}

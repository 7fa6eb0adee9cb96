import { lstatSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunnerError, type JobSummary } from "@distronode-runner/contract";
import { removeTree } from "@distronode-runner/safe-files";
import { readPid } from "../daemon/pid-file.ts";
import { glob } from "./glob.ts";
import { jobIn } from "./jobs-in.ts";
import { isWithin, resolved, systemPlace } from "./system-places.ts";

export interface CleanupOptions {
  readonly pattern: string;
  /** Paths that contain one of these stay. */
  readonly exclude: readonly string[];
  /** Minutes that a directory stays after it was last changed; 0: none. */
  readonly grace: number;
  readonly now: number;
  /** Jobs that have not ended, asked before each directory is removed. */
  readonly jobs: () => Promise<readonly JobSummary[]>;
}

/** Removes private data directories of jobs that have ended. Returns how many. */
export async function removeDirectories({ pattern, exclude, grace, now, jobs }: CleanupOptions, say: (line: string) => void): Promise<number> {
  const found = glob(pattern);
  refuseSystemPlaces(found.filter(isDirectoryOrLink));
  let removed = 0;
  for (const path of found) {
    const kept = !isDirectory(path) || exclude.some((text) => path.includes(text)) || (grace > 0 && statSync(path).mtimeMs > now - grace * 60_000);
    if (kept) continue;
    if (await isRunning(path)) {
      say(`Excluding running project ${path} from cleanup`);
      continue;
    }
    const job = await jobIn(path, await jobs());
    if (job !== undefined) {
      say(`Excluding running project ${path} from cleanup: ${job}`);
      continue;
    }
    if (!looksLikeDataDir(path)) {
      say(`Excluding ${path} from cleanup: it does not look like a private data directory`);
      continue;
    }
    for (const auth of registryDirectories(path)) {
      await removeTree(auth);
      say(`Removed associated registry auth dir ${auth}`);
    }
    await removeTree(path);
    removed += 1;
  }
  return removed;
}

function refuseSystemPlaces(found: readonly string[]): void {
  const problems = found.flatMap((path) => {
    const why = systemPlace(path);
    return why === undefined ? [] : [`${path}: ${why}`];
  });
  if (problems.length === 0) return;
  throw new RunnerError("REQUEST_INVALID", "The pattern would remove system directories:", { problems, location: { key: "--file-pattern" }, hint: "Nothing was removed. Write a pattern that matches private data directories only." });
}

/** What a private data directory may hold, of which it has at least one, unless it is empty. */
const parts = ["args", "artifacts", "cp", "daemon.log", "env", "inventory", "pid", "project", "roles"];

/** In a place for temporary files everything is taken for what it is named after; elsewhere it has to look like one. */
function looksLikeDataDir(path: string): boolean {
  const names = entries(path);
  return names.length === 0 || names.some((name) => parts.includes(name)) || [tmpdir(), "/tmp", "/var/tmp", "/dev/shm"].some((place) => isWithin(resolved(path), resolved(place)));
}

/** Links are not followed, and one that leads to a system directory shows what the pattern is. */
function isDirectoryOrLink(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    // A link that leads round in a circle, or where this user may not look.
    return false;
  }
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** In a directory that all users share, another user may have made one of that name. */
function isOwnDirectory(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}

/** Removing is final, so here any living process counts, and so does a pid file that can not be understood. */
async function isRunning(path: string): Promise<boolean> {
  try {
    const pid = await readPid(path);
    if (pid === undefined) return false;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Where `ansible-runner` leaves registry credentials of a job when it is killed. */
function registryDirectories(path: string): string[] {
  const idents = entries(join(path, "artifacts"));
  const prefixes = idents.flatMap((ident) => [`ansible_runner_registry_${ident}_`, `distronode_runner_registry_${ident}_`]);
  return entries(tmpdir())
    .filter((name) => prefixes.some((prefix) => name.startsWith(prefix)))
    .map((name) => join(tmpdir(), name))
    .filter(isOwnDirectory);
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

import { lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { RunnerError } from "@distronode-runner/contract";
import { removeTree } from "@distronode-runner/safe-files";
import { readPid } from "../daemon/pid-file.ts";
import { glob } from "./glob.ts";

export interface CleanupOptions {
  readonly pattern: string;
  /** Paths that contain one of these stay. */
  readonly exclude: readonly string[];
  /** Minutes that a directory stays after it was last changed; 0: none. */
  readonly grace: number;
  readonly now: number;
}

/** Removes private data directories of jobs that have ended. Returns how many. */
export async function removeDirectories({ pattern, exclude, grace, now }: CleanupOptions, say: (line: string) => void): Promise<number> {
  const found = glob(pattern);
  refuseSystemPaths(found);
  let removed = 0;
  for (const path of found) {
    const kept = !isDirectory(path) || exclude.some((text) => path.includes(text)) || (grace > 0 && statSync(path).mtimeMs > now - grace * 60_000);
    if (kept) continue;
    if (await isInUse(path)) {
      say(`Excluding running project ${path} from cleanup`);
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

const systemPaths = ["/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/var", "/var/tmp"];

function refuseSystemPaths(found: readonly string[]): void {
  const named = [...systemPaths, tmpdir(), homedir()];
  const forbidden = new Set([...named, ...named.map(resolved)]);
  const bad = found.filter((path) => forbidden.has(resolved(path)));
  if (bad.length === 0) return;
  throw new RunnerError("REQUEST_INVALID", `The pattern would remove system directories: ${bad.join(" ")}`, { location: { key: "--file-pattern" }, hint: "Nothing was removed. Write a pattern that matches private data directories only." });
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
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
async function isInUse(path: string): Promise<boolean> {
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

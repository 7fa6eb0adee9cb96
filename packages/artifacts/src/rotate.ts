import { readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isFinal, type JobStatus } from "@distronode-runner/contract";
import { layout } from "./classic-layout.ts";

/**
 * Keeps the `keep` newest artifact directories beside (and including) `current`, by time of last change. Only directories of jobs that have ended are
 * removed: running jobs, plain files and directories of others stay. A directory that can not be removed is left; keeping order is no reason to fail a job.
 */
export async function rotate(current: string, keep: number): Promise<void> {
  if (keep < 1) return;
  const root = dirname(current);
  const ended: { readonly path: string; readonly changed: number }[] = [];
  for (const entry of await readdir(root, { withFileTypes: true })) {
    const path = join(root, entry.name);
    if (!entry.isDirectory() || path === current || !(await hasEnded(path))) continue;
    ended.push({ path, changed: (await stat(path)).mtimeMs });
  }
  ended.sort((a, b) => b.changed - a.changed);
  await Promise.all(ended.slice(keep - 1).map(({ path }) => rm(path, { recursive: true, force: true }).catch(() => {})));
}

async function hasEnded(directory: string): Promise<boolean> {
  return isFinal((await readFile(join(directory, layout.status), "utf8").catch(() => "unstarted")) as JobStatus);
}

import { basename, dirname } from "node:path";
import { isFinal, type JobStatus } from "@distronode-runner/contract";
import { removeEntry, SafeDirectory } from "@distronode-runner/safe-files";
import { layout } from "./classic-layout.ts";

/**
 * Keeps the `keep` newest artifact directories beside (and including) `current`, by time of last change. Only directories of jobs that have ended are
 * removed: running jobs, plain files and directories of others stay. A directory that cannot be removed is left; keeping order is no reason to fail a job.
 */
export async function rotate(current: string, keep: number): Promise<void> {
  if (keep < 1) return;
  // Where the artifacts are may be reached over a link of their owner's.
  const root = await SafeDirectory.open(`${dirname(current)}/.`, dirname(current));
  try {
    const ended: { readonly name: string; readonly changed: number }[] = [];
    for (const { name, kind } of await root.list()) {
      if (kind !== "directory" || name === basename(current) || !(await hasEnded(root, name))) continue;
      ended.push({ name, changed: (await root.stat(name))?.mtimeMs ?? 0 });
    }
    ended.sort((a, b) => b.changed - a.changed);
    await Promise.all(ended.slice(keep - 1).map(({ name }) => removeEntry(root, name).catch(() => {})));
  } finally {
    await root.close();
  }
}

async function hasEnded(root: SafeDirectory, name: string): Promise<boolean> {
  try {
    const directory = await root.directory(name);
    try {
      return isFinal(((await directory.text(layout.status, 100)) ?? "unstarted") as JobStatus);
    } finally {
      await directory.close();
    }
  } catch {
    return false;
  }
}

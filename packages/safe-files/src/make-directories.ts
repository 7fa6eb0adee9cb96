import { chmod, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** The bits of a directory that several users share: set-group-id, what the group may do, and what others may read. */
const shared = 0o2075;

/**
 * Makes a directory and those above it that are missing, whatever the umask: for this user alone, or, where the group of the directory that is there may
 * write, for that group as well. Who shares a place with others shares what is kept for all of them in it.
 */
export async function makeDirectories(path: string): Promise<void> {
  const made: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    const there = await stat(at).then(({ mode }) => mode, (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (there === undefined) {
      made.unshift(at);
      continue;
    }
    for (const directory of made) await make(directory, modeBelow(there));
    return;
  }
}

/** Whether what is made in a directory of this mode is for its group, too. Not in one like `/tmp`, where everybody keeps what is his own. */
export function isShared(mode: number): boolean {
  return (mode & 0o1020) === 0o020;
}

function modeBelow(mode: number): number {
  return isShared(mode) ? 0o700 | (mode & shared) : 0o700;
}

async function make(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    // Another job was faster, and sees to its mode.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    throw error;
  }
  if (mode !== 0o700) await chmod(path, mode);
}

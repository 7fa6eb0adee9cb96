import { unlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import { setImmediate as pause } from "node:timers/promises";
import { SafeDirectory } from "./safe-directory.ts";

/** Deeper than this nothing is removed: what is left makes the removal of its parent fail. */
const deepest = 400;
/** How often a directory is emptied into which somebody keeps putting files. */
const passes = 3;
/** Milliseconds that files may be removed at a stretch before others have a turn. */
const turn = 10;

/**
 * Removes a file or a directory with all that is in it. Links are removed, not followed; a directory that somebody replaces by a link meanwhile is not
 * entered. Without it nothing happens.
 *
 * @throws system errors, such as `ENOTEMPTY` where somebody keeps making files, or `EACCES`
 */
export async function removeTree(path: string): Promise<void> {
  let parent: SafeDirectory;
  try {
    parent = await SafeDirectory.open(dirname(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  try {
    await removeEntry(parent, basename(path));
  } finally {
    await parent.close();
  }
}

/** The same for an entry of a directory that is open already. */
export async function removeEntry(parent: SafeDirectory, name: string, depth = 0): Promise<void> {
  const found = await parent.stat(name);
  if (found === undefined) return;
  if (!found.isDirectory()) return parent.removeFile(name);
  for (let pass = 1; ; pass += 1) {
    if (depth < deepest) await empty(parent, name, depth);
    try {
      return await parent.removeDirectory(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY" || pass === passes) throw error;
    }
  }
}

async function empty(parent: SafeDirectory, name: string, depth: number): Promise<void> {
  const directory = await opened(parent, name);
  try {
    let begun = performance.now();
    for await (const entry of directory.entries()) {
      if (entry.kind === "directory") {
        await removeEntry(directory, entry.name, depth + 1);
        continue;
      }
      try {
        unlinkSync(directory.at(entry.name));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // It was none when it was listed.
        if (code === "EISDIR") await removeEntry(directory, entry.name, depth + 1);
        else if (code !== "ENOENT") throw error;
      }
      if (performance.now() - begun > turn) {
        await pause();
        begun = performance.now();
      }
    }
  } finally {
    await directory.close();
  }
}

/** Makes a directory that its owner closed readable again. */
async function opened(parent: SafeDirectory, name: string): Promise<SafeDirectory> {
  try {
    return await parent.directory(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error;
    parent.adopt(name, 0o700);
    return parent.directory(name);
  }
}

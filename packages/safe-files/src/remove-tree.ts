import { unlinkSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { basename, dirname } from "node:path";
import { setImmediate as pause } from "node:timers/promises";
import { SafeDirectory, type EntryName } from "./safe-directory.ts";

/** What lies deeper is moved to the top before it is removed: each level on the way down is an open directory. */
const deepest = 50;
/** How often a directory is emptied into which somebody keeps putting files. */
const passes = 3;
/** The same for what somebody keeps making deeper. */
const mostPasses = 10_000;
/** Milliseconds that files may be removed at a stretch before others have a turn. */
const turn = 10;

/**
 * Removes a file or a directory with all that is in it, however deep. Links are removed, not followed; a directory that somebody replaces by a link meanwhile
 * is not entered. Without it nothing happens.
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
export async function removeEntry(parent: SafeDirectory, name: EntryName): Promise<void> {
  const found = await parent.stat(name);
  if (found === undefined) return;
  if (!found.isDirectory()) return parent.removeFile(name);
  await new Removal().directory(parent, name, 0);
}

class Removal {
  #begun = performance.now();
  /** The directory that is removed, to which what is too deep is moved. */
  #top: SafeDirectory | undefined;
  #movedUp = 0;

  async directory(parent: SafeDirectory, name: EntryName, depth: number): Promise<void> {
    for (let pass = 1; ; pass += 1) {
      const before = this.#movedUp;
      await this.#empty(parent, name, depth);
      try {
        return await parent.removeDirectory(name);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY" || pass >= mostPasses) throw error;
        // What was moved up is removed in the next pass, which is none too many then.
        if (pass >= passes && (depth > 0 || before === this.#movedUp)) throw error;
      }
    }
  }

  async #empty(parent: SafeDirectory, name: EntryName, depth: number): Promise<void> {
    const directory = await opened(parent, name);
    if (depth === 0) this.#top = directory;
    try {
      for await (const { raw, kind } of directory.entries()) {
        if (kind !== "directory" && unlinked(directory, raw)) await this.#pause();
        else if (depth < deepest) await this.directory(directory, raw, depth + 1);
        else await this.#moveUp(directory, raw);
      }
    } finally {
      await directory.close();
    }
  }

  async #moveUp(directory: SafeDirectory, name: EntryName): Promise<void> {
    this.#movedUp += 1;
    const beside = `.deep-${randomBytes(8).toString("hex")}`;
    try {
      await directory.moveTo(name, this.#top!, beside);
    } catch (error) {
      // A directory that is moved has to be writable: it says where it is.
      if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error;
      directory.adopt(name, 0o700);
      await directory.moveTo(name, this.#top!, beside);
    }
  }

  async #pause(): Promise<void> {
    if (performance.now() - this.#begun < turn) return;
    await pause();
    this.#begun = performance.now();
  }
}

/** False: it is a directory, though it was listed as none. */
function unlinked(directory: SafeDirectory, name: EntryName): boolean {
  try {
    unlinkSync(directory.at(name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EISDIR") return false;
    if (code !== "ENOENT") throw error;
  }
  return true;
}

/** Makes a directory that its owner closed usable again. */
async function opened(parent: SafeDirectory, name: EntryName): Promise<SafeDirectory> {
  let directory: SafeDirectory;
  try {
    directory = await parent.directory(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error;
    parent.adopt(name, 0o700);
    directory = await parent.directory(name);
  }
  // Root needs no permission.
  if (process.geteuid?.() !== 0) await directory.makePrivate().catch(() => {});
  return directory;
}

import { linkSync, lstatSync, renameSync, unlinkSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { setImmediate as pause } from "node:timers/promises";
import { isRunnerError } from "@distronode-runner/contract";
import type { EntryName, SafeDirectory } from "@distronode-runner/safe-files";

export interface TakeOverOptions {
  /** Names at the top that are not taken. */
  readonly reserved: ReadonlySet<string>;
  /** The same, but nobody has to be told. */
  readonly passed?: ReadonlySet<string>;
  /** The mode that a file gets, given the one that it has. */
  readonly mode: (mode: number) => number;
  /** A file takes the place of one that is there. Otherwise it is left out then. */
  readonly replace: boolean;
}

/** What was left where it is, as sentences. */
export class LeftOut {
  readonly #sentences: string[] = [];
  #more = 0;

  add(path: string, why: string): void {
    if (this.#sentences.length < mostSentences) this.#sentences.push(`${path} was left out of the artifacts: ${why}.`);
    else this.#more += 1;
  }

  get sentences(): readonly string[] {
    return this.#more === 0 ? this.#sentences : [...this.#sentences, `${this.#more} more files were left out of the artifacts.`];
  }
}

const mostSentences = 20;
const mostFiles = 100_000;
const deepest = 32;
/** Characters of a path below the directory: what is taken can be reached by a path, wherever it is. */
const longestPath = 1000;
/** Bytes that a file may have beyond what it takes on the disk, where it has to be copied: a copy takes them all. */
const mostHoles = 1024 ** 3;
/** Milliseconds of work in one stretch; then others have a turn. */
const turn = 10;

/**
 * Moves the regular files in a directory that was somebody else's into one of ours. That somebody may still be there and change everything meanwhile: a file
 * is taken first and looked at afterwards, where nobody else reaches it. Directories are made anew, never moved: a process of that somebody may be in one.
 */
export async function takeOver(from: SafeDirectory, to: SafeDirectory, options: TakeOverOptions, left: LeftOut): Promise<void> {
  await new Mover(options, left).directory(from, () => Promise.resolve(to), "", 0);
}

class Mover {
  readonly #options: TakeOverOptions;
  readonly #left: LeftOut;
  #files = 0;
  #begun = performance.now();

  constructor(options: TakeOverOptions, left: LeftOut) {
    this.#options = options;
    this.#left = left;
  }

  /** `target` makes the directory when there is something to be put into it. */
  async directory(from: SafeDirectory, target: () => Promise<SafeDirectory>, above: string, depth: number): Promise<void> {
    for await (const { name, raw, kind } of from.entries()) {
      const path = `${above}${name}`;
      if (depth === 0 && this.#options.passed?.has(name) === true) continue;
      if (depth === 0 && this.#options.reserved.has(name)) {
        if (kind !== "directory") this.#left.add(path, "the runner keeps a file or directory of this name there");
        continue;
      }
      this.#files += 1;
      if (this.#files > mostFiles) {
        this.#left.add(path, `the job left more than ${mostFiles} files`);
        return;
      }
      if (kind === "directory") await this.#inner(from, raw, target, path, depth);
      else if (kind === "file") await this.#file(from, raw, target, path);
      else this.#left.add(path, kind === "link" ? "it is a link" : "it is no regular file");
      if (performance.now() - this.#begun > turn) {
        await pause();
        this.#begun = performance.now();
      }
    }
  }

  async #inner(from: SafeDirectory, name: EntryName, target: () => Promise<SafeDirectory>, path: string, depth: number): Promise<void> {
    if (depth === deepest || path.length > longestPath) return this.#left.add(path, "it is too deep");
    let made: SafeDirectory | undefined;
    let inner: SafeDirectory | undefined;
    try {
      inner = await from.directory(name);
      await this.directory(inner, async () => (made ??= await (await target()).ensureDirectory(name)), `${path}/`, depth + 1);
    } catch (error) {
      this.#left.add(path, reason(error));
    } finally {
      await inner?.close();
      await made?.close();
    }
  }

  async #file(from: SafeDirectory, name: EntryName, target: () => Promise<SafeDirectory>, path: string): Promise<void> {
    const beside = `.taken-${randomBytes(8).toString("hex")}`;
    let to: SafeDirectory | undefined;
    try {
      to = await target();
      if (!this.#moved(from, name, to, beside)) await copied(from, name, to, beside);
      const found = lstatSync(to.at(beside));
      if (!found.isFile() || found.nlink > 1) return this.#left.add(path, found.isFile() ? "it is a file with a second name" : "it is no regular file");
      to.adopt(beside, this.#options.mode(found.mode));
      // A second name, unlike a new one, does not replace what is there.
      (this.#options.replace ? renameSync : linkSync)(to.at(beside), to.at(name));
    } catch (error) {
      this.#left.add(path, reason(error));
    } finally {
      if (to !== undefined) discard(to.at(beside));
    }
  }

  /** By a second name, which no directory can have and no link is followed for. False: it has to be copied, for it is on another file system or another user's. */
  #moved(from: SafeDirectory, name: EntryName, to: SafeDirectory, beside: string): boolean {
    try {
      linkSync(from.at(name), to.at(beside));
    } catch (error) {
      if (!["EXDEV", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
      return false;
    }
    unlinkSync(from.at(name));
    return true;
  }
}

async function copied(from: SafeDirectory, name: EntryName, to: SafeDirectory, beside: string): Promise<void> {
  const source = await from.file(name, "read");
  try {
    const { size, blocks, nlink, mode } = await source.stat();
    if (nlink > 1) throw new LeftBehind("it is a file with a second name");
    if (size - blocks * 512 > mostHoles) throw new LeftBehind("it is nearly all a hole, which a copy would fill");
    const target = await to.file(beside, "create");
    try {
      await target.chmod(mode & 0o777);
      // No more than it has now: somebody may make it longer for ever.
      if (size > 0) await target.writeFile(source.createReadStream({ autoClose: false, start: 0, end: size - 1 }));
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Why a file is left where it is. */
class LeftBehind extends Error {}

/** In words without the paths of descriptors that system errors have. */
function reason(error: unknown): string {
  if (error instanceof LeftBehind || isRunnerError(error)) return error.message.replace(/\.$/, "");
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  return code === "EEXIST" || code === "EISDIR" ? "there is one of this name already" : `it cannot be taken (${code})`;
}

function discard(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was moved on, or never came.
  }
}

import { chmodSync, chownSync, closeSync, constants, existsSync, fstatSync, openSync, type Stats } from "node:fs";
import { lstat, mkdir, open, opendir, rename, rmdir, unlink, writeFile, type FileHandle } from "node:fs/promises";
import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { RunnerError } from "@distronode-runner/contract";
import { notRegular, openRegular, type Access } from "./open-regular.ts";

export type EntryKind = "file" | "directory" | "link" | "other";

/** The name of an entry as the system has it: bytes where these are no UTF-8. */
export type EntryName = string | Buffer;

export interface DirectoryEntry {
  /** For people and for comparisons; what is no UTF-8 in it is replaced. */
  readonly name: string;
  /** For access. */
  readonly raw: EntryName;
  readonly kind: EntryKind;
}

/** Where the system shows the descriptors of this process: a path through it is relative to a directory that is open, whatever is done to its names meanwhile. */
const descriptors = "/proc/self/fd";
const hasDescriptors = existsSync(descriptors);

/** Linux's O_PATH, which Node does not name: a descriptor that only stands for a place. */
const pathOnly = hasDescriptors ? 0x200000 : constants.O_RDONLY;

/**
 * A directory that was opened once, and in which somebody else may change anything at any moment. Names are single path elements, and none is followed if
 * it is a link. Who opens it closes it.
 */
export class SafeDirectory {
  /** For messages. */
  readonly path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /**
   * Opens a directory. The last part of the path must be no link; the parts before it are the caller's to trust.
   *
   * @throws RunnerError `ARTIFACTS_DAMAGED` for a link or what is no directory; system errors as they are
   */
  static async open(path: EntryName, name: string = path.toString()): Promise<SafeDirectory> {
    try {
      return new SafeDirectory(name, await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ELOOP" && code !== "ENOTDIR" && code !== "EMLINK") throw error;
      throw new RunnerError("ARTIFACTS_DAMAGED", `${name} is no directory of its own but a link or a file.`, { location: { file: name }, hint: "The runner does not follow it. Find out who put it there: a job may have.", cause: error });
    }
  }

  /** A path to an entry that leads through the open directory. Only for calls that do not follow its last part, and only while this is open. */
  at(name: string): string;
  at(name: EntryName): EntryName;
  at(name: EntryName): EntryName {
    const text = name.toString();
    if (text === "" || text === "." || text === ".." || name.includes("/") || name.includes("\0")) throw new RangeError(`${JSON.stringify(text)} is not the name of an entry.`);
    const own = hasDescriptors ? `${descriptors}/${this.#handle.fd}` : this.path;
    return typeof name === "string" ? `${own}/${name}` : Buffer.concat([Buffer.from(`${own}/`), name]);
  }

  /** The entry's path as people write it, for messages. */
  named(name: EntryName): string {
    return join(this.path, name.toString());
  }

  /** Only this user can enter it from now on. */
  makePrivate(): Promise<void> {
    return this.#handle.chmod(0o700);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  /** Opens a regular file; see `openRegular`. */
  file(name: EntryName, access: Access): Promise<FileHandle> {
    return openRegular(this.at(name), access, this.named(name));
  }

  /** Opens a directory in this one. */
  directory(name: EntryName): Promise<SafeDirectory> {
    return SafeDirectory.open(this.at(name), this.named(name));
  }

  /** Makes a directory, 0700, unless there is one, and opens it. */
  async ensureDirectory(name: EntryName): Promise<SafeDirectory> {
    await mkdir(this.at(name), { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    return this.directory(name);
  }

  /** What an entry is, not following it. Undefined: there is none. */
  async stat(name: EntryName): Promise<Stats | undefined> {
    return lstat(this.at(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
  }

  /** What is in it, one by one, however much that is. */
  async *entries(): AsyncIterable<DirectoryEntry> {
    // The types of Node know no names of bytes here.
    const directory = await opendir(hasDescriptors ? `${descriptors}/${this.#handle.fd}` : this.path, { bufferSize: 256, encoding: "buffer" as BufferEncoding });
    for await (const entry of directory) {
      const bytes = entry.name as unknown as Buffer;
      const name = bytes.toString();
      const kind = entry.isFile() ? "file" : entry.isDirectory() ? "directory" : entry.isSymbolicLink() ? "link" : "other";
      yield { name, raw: isUtf8(bytes) ? name : bytes, kind };
    }
  }

  async list(): Promise<readonly DirectoryEntry[]> {
    const found: DirectoryEntry[] = [];
    for await (const entry of this.entries()) found.push(entry);
    return found;
  }

  /** A regular file's text; undefined if there is no file. `limit`: bytes; a larger file is refused. */
  async text(name: EntryName, limit: number = Number.POSITIVE_INFINITY): Promise<string | undefined> {
    let file: FileHandle;
    try {
      file = await this.file(name, "read");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    try {
      if ((await file.stat()).size > limit) throw notRegular(this.named(name), `larger than ${limit} bytes`);
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  }

  /** A new file, 0600, in place of whatever had its name, which is not followed. */
  async create(name: EntryName): Promise<FileHandle> {
    await this.removeFile(name);
    return this.file(name, "create");
  }

  /** Writes a file, 0600, whole or not at all. `beside`: the name it has until it is whole; the same one each time is used again after a writer that was killed. */
  async replace(name: EntryName, content: string | readonly Uint8Array[], beside: EntryName = `.new-${randomBytes(8).toString("hex")}`): Promise<void> {
    const file = await this.create(beside);
    try {
      try {
        await writeFile(file, content);
      } finally {
        await file.close();
      }
      await rename(this.at(beside), this.at(name));
    } catch (error) {
      await unlink(this.at(beside)).catch(() => {});
      throw error;
    }
  }

  /** Removes an entry that is no directory. Without it nothing happens. */
  async removeFile(name: EntryName): Promise<void> {
    await unlink(this.at(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }

  /** Removes an empty directory. Without it nothing happens. */
  async removeDirectory(name: EntryName): Promise<void> {
    await rmdir(this.at(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }

  /** Makes a file or directory this process's own, with a mode. Not following a link: that one's own mode does not count, so nothing happens to it. */
  adopt(name: EntryName, mode: number): void {
    const place = openSync(this.at(name), pathOnly | constants.O_NOFOLLOW);
    try {
      const found = fstatSync(place);
      if (found.isSymbolicLink()) return;
      // Through the descriptor: the name may be another file's by now.
      const path = hasDescriptors ? `${descriptors}/${place}` : this.at(name);
      const [uid, gid] = [process.geteuid?.() ?? found.uid, process.getegid?.() ?? found.gid];
      if (uid === 0 && found.uid !== uid) chownSync(path, uid, gid);
      if ((found.mode & 0o7777) !== mode) chmodSync(path, mode);
    } finally {
      closeSync(place);
    }
  }

  /** Moves an entry into another directory of the same file system, over what has its name there. */
  async moveTo(name: EntryName, target: SafeDirectory, newName: EntryName = name): Promise<void> {
    await rename(this.at(name), target.at(newName));
  }
}

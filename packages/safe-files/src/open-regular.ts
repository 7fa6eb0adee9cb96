import { closeSync, constants, fstatSync, openSync, type Stats } from "node:fs";
import { open, unlink, type FileHandle } from "node:fs/promises";
import { RunnerError } from "@distronode-runner/contract";
import { sameFile, type FileIdentity } from "./file-identity.ts";

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;

/** `create`: the file must not exist yet. `append` and `update` (reading and appending) make it if need be. */
export type Access = "read" | "create" | "append" | "update";

const flags: Readonly<Record<Access, number>> = {
  read: O_RDONLY,
  create: O_RDWR | O_CREAT | O_EXCL,
  append: O_WRONLY | O_APPEND | O_CREAT,
  update: O_RDWR | O_APPEND | O_CREAT,
};

/**
 * Opens a regular file. A link in the last part of the path is refused, and so is anything else that is no regular file; none of them is waited for,
 * read or changed. A file that may be written has no second name: what is written would appear under that one too.
 *
 * @param name what errors call the file; default: its path
 * @throws RunnerError `ARTIFACTS_DAMAGED` for what is no regular file; system errors (`ENOENT`, `EACCES`, ...) as they are
 */
export async function openRegular(path: string | Buffer, access: Access, name: string = path.toString()): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path, flags[access] | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    throw refused(error as NodeJS.ErrnoException, name);
  }
  try {
    check(await file.stat(), access, name);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The same at once. Gives a descriptor. */
export function openRegularSync(path: string, access: Access, name: string = path): number {
  let file: number;
  try {
    file = openSync(path, flags[access] | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    throw refused(error as NodeJS.ErrnoException, name);
  }
  try {
    check(fstatSync(file), access, name);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function refused(error: NodeJS.ErrnoException, name: string): Error {
  if (error.code === "ELOOP" || error.code === "EMLINK") return notRegular(name, "a link", error);
  // ENXIO: a socket, or a pipe that nobody reads.
  if (error.code === "ENXIO") return notRegular(name, "a pipe or a socket", error);
  return error.code === "EISDIR" ? notRegular(name, "a directory", error) : error;
}

function check(found: Stats, access: Access, name: string): void {
  if (!found.isFile()) throw notRegular(name, kindOf(found));
  if (access !== "read" && found.nlink > 1) throw notRegular(name, "a file with a second name");
}

/**
 * A new file, 0600, for reading and writing, in place of whatever had its name, which is not followed.
 *
 * @throws system errors as they are, `EISDIR` or `EPERM` for a directory
 */
export async function createRegular(path: string): Promise<FileHandle> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  return openRegular(path, "create");
}

/**
 * Opens, for reading, a file that was open before: that one, not another one that has its name by now.
 *
 * @throws RunnerError `ARTIFACTS_DAMAGED` if the name leads to another file or to none
 */
export async function reopenRegular(path: string, identity: FileIdentity): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await openRegular(path, "read");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new RunnerError("ARTIFACTS_DAMAGED", `${path} was removed by somebody else.`, { location: { file: path }, hint: "Nobody but the runner should touch a job's artifacts before it has ended.", cause: error });
    throw error;
  }
  if (sameFile(await file.stat(), identity)) return file;
  await file.close();
  throw notRegular(path, "another file than the one that the runner wrote");
}

export function notRegular(name: string, kind: string, cause?: unknown): RunnerError {
  return new RunnerError("ARTIFACTS_DAMAGED", `${name} is ${kind}; a regular file was expected there.`, { location: { file: name }, hint: "The runner does not touch it. Find out who put it there: a job may have.", cause });
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return "a directory";
  return found.isFIFO() ? "a pipe" : found.isSocket() ? "a socket" : "a device";
}

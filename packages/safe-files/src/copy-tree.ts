import { constants } from "node:fs";
import { chmod, copyFile, lutimes, mkdir, readlink, symlink, utimes } from "node:fs/promises";
import { RunnerError } from "@distronode-runner/contract";
import { openRegular } from "./open-regular.ts";
import { SafeDirectory, type EntryName } from "./safe-directory.ts";

/** Bytes that a file may have beyond what it takes on the disk: a copy may take them all. */
const mostHoles = 16 * 1024 ** 3;

/**
 * Copies what is in a directory into another one that is there and that nobody else can enter. Links are copied as links; what is neither file, directory
 * nor link (a socket, a named pipe) is left out. The source may change meanwhile: what becomes a link on the way is not followed, and what goes is left out.
 * A copy is this user's, so it has no set-user-ID and the like from the user of the original.
 */
export async function copyTree(source: string, target: string): Promise<void> {
  const from = await SafeDirectory.open(source);
  try {
    const to = await SafeDirectory.open(target);
    try {
      await copyEntries(from, to);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function copyEntries(from: SafeDirectory, to: SafeDirectory): Promise<void> {
  for await (const { raw, kind } of from.entries()) {
    const before = await from.stat(raw);
    if (before === undefined) continue;
    try {
      if (kind === "directory") await copyDirectory(from, raw, to);
      else if (kind === "link") await symlink(await readlink(from.at(raw), { encoding: "buffer" }), to.at(raw));
      else if (kind === "file") await copyRegular(from, raw, to);
      else continue;
    } catch (error) {
      // Somebody else removed it.
      if ((error as NodeJS.ErrnoException).code === "ENOENT" && (await from.stat(raw)) === undefined) continue;
      throw error;
    }
    await (kind === "link" ? lutimes : utimes)(to.at(raw), before.atime, before.mtime);
  }
}

async function copyDirectory(from: SafeDirectory, name: EntryName, to: SafeDirectory): Promise<void> {
  const inner = await from.directory(name);
  try {
    await mkdir(to.at(name), { mode: 0o700 });
    const copy = await to.directory(name);
    try {
      await copyEntries(inner, copy);
    } finally {
      await copy.close();
    }
  } finally {
    await inner.close();
  }
}

/** Keeps the permissions, and shares the blocks where the file system can. */
async function copyRegular(from: SafeDirectory, name: EntryName, to: SafeDirectory): Promise<void> {
  const file = await openRegular(from.at(name), "read", from.named(name));
  try {
    const { size, blocks, mode } = await file.stat();
    if (size - blocks * 512 > mostHoles) throw new RunnerError("ARTIFACTS_DAMAGED", `${from.named(name)} is not copied: it is ${size} bytes long, nearly all of them a hole.`, { location: { file: from.named(name) }, hint: "A copy could fill the disk. Remove the file, or make it smaller." });
    await copyFile(`/proc/self/fd/${file.fd}`, to.at(name), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    if ((mode & 0o7000) !== 0) await chmod(to.at(name), mode & 0o777);
  } finally {
    await file.close();
  }
}

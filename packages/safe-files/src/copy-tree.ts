import { constants } from "node:fs";
import { copyFile, lutimes, mkdir, readlink, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { openRegular } from "./open-regular.ts";
import { SafeDirectory } from "./safe-directory.ts";

/**
 * Copies what is in a directory into another one that is there and that nobody else can enter. Links are copied as links; what is neither file, directory
 * nor link (a socket, a named pipe) is left out. The source may change meanwhile: what becomes a link on the way is not followed.
 */
export async function copyTree(source: string, target: string): Promise<void> {
  const from = await SafeDirectory.open(source);
  try {
    await copyEntries(from, target);
  } finally {
    await from.close();
  }
}

async function copyEntries(from: SafeDirectory, target: string): Promise<void> {
  for await (const { name, kind } of from.entries()) {
    const place = join(target, name);
    const before = await from.stat(name);
    if (before === undefined) continue;
    if (kind === "directory") {
      const inner = await from.directory(name);
      try {
        await mkdir(place, { mode: 0o700 });
        await copyEntries(inner, place);
      } finally {
        await inner.close();
      }
      await utimes(place, before.atime, before.mtime);
    } else if (kind === "link") {
      await symlink(await readlink(from.at(name)), place);
      await lutimes(place, before.atime, before.mtime);
    } else if (kind === "file") {
      await copyRegular(from, name, place);
      await utimes(place, before.atime, before.mtime);
    }
  }
}

/** Keeps the mode, and shares the blocks where the file system can. */
async function copyRegular(from: SafeDirectory, name: string, place: string): Promise<void> {
  const file = await openRegular(from.at(name), "read", from.named(name));
  try {
    await copyFile(`/proc/self/fd/${file.fd}`, place, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } finally {
    await file.close();
  }
}

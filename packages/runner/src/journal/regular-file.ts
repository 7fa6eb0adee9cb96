import type { Stats } from "node:fs";
import { lstat, type FileHandle } from "node:fs/promises";
import { openRegular, readRegular as readText } from "@distronode-runner/safe-files";
import { damaged } from "./damaged.ts";

/** What is known of a regular file, not following a link. Rejects with `ARTIFACTS_DAMAGED` if there is none. */
export async function regularFile(path: string): Promise<Stats> {
  const found = await lstat(path).catch(missing(path));
  if (!found.isFile()) throw damaged(path, "it is no regular file");
  return found;
}

/** Opens one for reading. Rejects with `ARTIFACTS_DAMAGED` if there is none. */
export function openArtifact(path: string): Promise<FileHandle> {
  return openRegular(path, "read").catch(missing(path));
}

/** Larger than any record or status that a runner writes. */
const largestText = 16 * 1024 * 1024;

/** Its text; undefined if there is no such file, or none that a runner wrote. */
export async function readRegular(path: string): Promise<string | undefined> {
  return readText(path, largestText).catch(() => undefined);
}

function missing(path: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    throw error.code === "ENOENT" ? damaged(path, "it is missing") : error;
  };
}

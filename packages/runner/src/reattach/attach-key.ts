import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * What another runner of this user proves to know when it takes over a job. It is in the memory of the job's first process, and in a file beside the artifacts,
 * where a job in a container or a sandbox cannot read it. The file goes when the job has ended.
 */
export async function makeAttachKey(artifactDir: string): Promise<string> {
  const key = randomBytes(32).toString("hex");
  const path = pathOf(artifactDir);
  // One that is there was left by a runner that was killed.
  await rm(path, { force: true });
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(key);
  } finally {
    await file.close();
  }
  return key;
}

/** Undefined if there is none, or if something else is in its place. */
export async function readAttachKey(artifactDir: string, uid: number): Promise<string | undefined> {
  if (artifactDir === "") return undefined;
  // Without waiting for the other end, should it be a FIFO.
  const file = await open(pathOf(artifactDir), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const state = await file.stat();
    if (!state.isFile() || state.nlink !== 1 || (state.uid !== uid && uid !== 0) || state.size !== keyLength) return undefined;
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

export async function removeAttachKey(artifactDir: string): Promise<void> {
  await rm(pathOf(artifactDir), { force: true }).catch(() => {});
}

const keyLength = 64;

const pathOf = (artifactDir: string): string => join(artifactDir, "attach.key");

import { mkdir, rmdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { RunnerError, type JobRequest } from "@distronode-runner/contract";

/** Takes back what was made, as long as nothing was put into it. */
export type Undo = () => Promise<void>;

/**
 * A module, a role or a program needs nothing in its private data directory: a missing one is made, for its owner alone. A playbook has to be
 * there already, so a missing directory is left to be refused.
 */
export async function makeDataDir(request: JobRequest, cwd: string): Promise<Undo> {
  const path = resolve(cwd, request.privateDataDir);
  const missing = await stat(path).then(() => false, (error: NodeJS.ErrnoException) => error.code === "ENOENT");
  if (!missing || request.playbook !== undefined) return async () => {};
  try {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    return () => removeEmpty(path, first ?? path);
  } catch (error) {
    throw new RunnerError("DATA_DIR_INVALID", `The private data directory ${path} can not be made: ${(error as Error).message}`, { location: { file: path }, hint: "Name a directory in a place where you may write.", cause: error });
  }
}

async function removeEmpty(path: string, last: string): Promise<void> {
  for (let at = path; at.startsWith(last); at = dirname(at)) {
    const removed = await rmdir(at).then(() => true, () => false);
    if (!removed) return;
  }
}

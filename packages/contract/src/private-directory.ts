import { lstat, mkdir } from "node:fs/promises";
import { RunnerError } from "./errors.ts";

/**
 * A directory that nobody but this user can enter, made with those above it if it is not there. Whoever uses `Host.runtimeDir` goes through here first:
 * in a place that all users share, somebody else may have been there before.
 *
 * @throws RunnerError `SETTINGS_INVALID` if it is no directory, a link, or belongs to another user; or can not be made
 */
export async function privateDirectory(path: string, uid: number): Promise<string> {
  const refuse = (fault: string, cause?: unknown): RunnerError =>
    new RunnerError("SETTINGS_INVALID", `The directory ${path} ${fault}.`, { location: { key: "DISTRONODE_RUNNER_RUNTIME_DIR" }, hint: "Remove it, or name another directory in DISTRONODE_RUNNER_RUNTIME_DIR.", cause });
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw refuse(`can not be made: ${(error as Error).message}`, error);
  }
  const found = await lstat(path);
  if (!found.isDirectory()) throw refuse("is a link");
  if (found.uid !== uid) throw refuse(`belongs to another user (${found.uid})`);
  if ((found.mode & 0o077) !== 0) throw refuse("can be entered by others");
  return path;
}

import { chmodSync, closeSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunnerError, RunnerError } from "@distronode-runner/contract";
import { isShared, openRegularSync } from "@distronode-runner/safe-files";

export function pidFile(dataDir: string): string {
  return join(dataDir, "pid");
}

/** The process id in the pid file of a private data directory; undefined without one. A file that is just being written is waited for. */
export async function readPid(dataDir: string): Promise<number | undefined> {
  const path = pidFile(dataDir);
  let text = readPidText(path);
  for (let round = 0; text === "" && round < 10; round += 1) {
    await sleep(100);
    text = readPidText(path);
  }
  if (text === undefined) return undefined;
  const line = text.split("\n")[0]!.trim();
  if (/^[1-9]\d{0,9}$/.test(line)) return Number(line);
  throw new RunnerError("DATA_DIR_INVALID", `${path} does not hold a process id.`, { location: { file: path }, hint: "If no job is running in the directory, remove the file." });
}

/** Makes the pid file of this process; false if there is one already. */
export function claimPidFile(dataDir: string, pid: number): boolean {
  try {
    writeFileSync(pidFile(dataDir), `${pid}\n`, { flag: "wx", mode: 0o600 });
    if (isShared(statSync(dataDir).mode)) chmodSync(pidFile(dataDir), 0o640);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new RunnerError("DATA_DIR_INVALID", `${pidFile(dataDir)} can not be written: ${(error as Error).message}`, { location: { file: pidFile(dataDir) }, cause: error });
  }
}

/** Removes the pid file, if it still is the one of this process id. */
export function removePidFile(dataDir: string, pid: number): void {
  if (readPidText(pidFile(dataDir))?.trim() === String(pid)) rmSync(pidFile(dataDir), { force: true });
}

function readPidText(path: string): string | undefined {
  try {
    const file = openRegularSync(path, "read");
    try {
      return readFileSync(file, "utf8");
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (isRunnerError(error)) throw error;
    throw new RunnerError("DATA_DIR_INVALID", `${path} can not be read: ${(error as Error).message}`, { location: { file: path }, cause: error });
  }
}

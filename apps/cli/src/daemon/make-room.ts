import { RunnerError } from "@distronode-runner/contract";
import { pidFile, readPid, removePidFile } from "./pid-file.ts";
import { isRunnerOf } from "./runner-process.ts";

/** Sees to it that a new job can have the pid file. Returns what is worth saying about the old one. */
export async function makeRoom(dataDir: string): Promise<string | undefined> {
  const pid = await readPid(dataDir);
  if (pid === undefined) return undefined;
  if (isRunnerOf(dataDir, pid)) {
    throw new RunnerError("JOB_CONFLICT", `A job is running in ${dataDir} already (process ${pid}).`, { location: { file: pidFile(dataDir) }, hint: `Wait for it, or end it with distronode-runner stop ${dataDir}` });
  }
  removePidFile(dataDir, pid);
  return `${pidFile(dataDir)} named process ${pid}, which runs no job here (any more); it was replaced.`;
}

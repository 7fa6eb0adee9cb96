import { join } from "node:path";
import type { Host } from "@distronode-runner/contract";
import { SafeDirectory } from "@distronode-runner/safe-files";
import { readRegular } from "../journal/regular-file.ts";
import { startOf, thisMachine, type MachineIdentity } from "./this-machine.ts";

/**
 * Who runs a job, for those who find its artifacts and share nothing else with its runner: another runtime directory, another user, a container, a machine
 * that has the same disk. It is there as long as the runner looks after the job.
 */
export interface RunnerMark extends MachineIdentity {
  readonly version: 1;
  readonly jobId: string;
  /** Path of the job's control socket. */
  readonly socket: string;
  readonly runtimeDir: string;
  readonly hostname: string;
  readonly pid: number;
  /** When that process was started. */
  readonly started: string;
}

const name = "runner.json";

/** A disk that takes no mark shows when the job has something to say. */
export async function leaveMark(artifactDir: string, host: Host, jobId: string, socket: string): Promise<void> {
  const mark: RunnerMark = { version: 1, jobId, socket, runtimeDir: host.runtimeDir, hostname: host.hostname, pid: host.pid, started: startOf(host.pid), ...thisMachine() };
  await within(artifactDir, (directory) => directory.replace(name, JSON.stringify(mark)));
}

/** `of`: only if it is this process's; another runner may look after the job by now. */
export async function removeMark(artifactDir: string, of?: Pick<Host, "pid">): Promise<void> {
  const mark = of === undefined ? undefined : await readMark(artifactDir);
  if (mark !== undefined && (mark.pid !== of?.pid || mark.started !== startOf(mark.pid))) return;
  await within(artifactDir, (directory) => directory.removeFile(name));
}

/** Undefined if there is none, or what is there is none. */
export async function readMark(artifactDir: string): Promise<RunnerMark | undefined> {
  try {
    const mark = JSON.parse((await readRegular(join(artifactDir, name))) ?? "null") as Partial<RunnerMark> | null;
    return mark?.version === 1 && typeof mark.socket === "string" && typeof mark.pid === "number" ? (mark as RunnerMark) : undefined;
  } catch {
    return undefined;
  }
}

async function within(artifactDir: string, work: (directory: SafeDirectory) => Promise<void>): Promise<void> {
  try {
    const directory = await SafeDirectory.open(artifactDir);
    try {
      await work(directory);
    } finally {
      await directory.close();
    }
  } catch {
    // Without a mark the job runs all the same.
  }
}

import { spawn } from "node:child_process";
import { closeSync, fchmodSync, fstatSync, statSync } from "node:fs";
import { join } from "node:path";
import { asRunnerError, RunnerError } from "@distronode-runner/contract";
import type { Answer, Assignment } from "./messages.ts";
import { isShared, openRegularSync } from "@distronode-runner/safe-files";
import { daemonCommand } from "./runner-process.ts";

export interface Launched {
  readonly answer: Promise<Answer>;
  /** Asks the job to stop while it is starting; asked again, it is killed. */
  cancel(): void;
}

/** `directory` is what the process works for: a private data directory, or the artifacts of a job. Starts this same program once more, in a session of its own, with the job as a message: it does not appear in any list of processes. */
export function launch(assignment: Assignment, directory: string, log: number): Launched {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, daemonCommand, directory], { cwd: "/", detached: true, stdio: ["ignore", "ignore", log, "ipc"] });
  const answer = new Promise<Answer>((resolve, reject) => {
    child.once("error", (error) => reject(asRunnerError(error)));
    child.once("message", (message) => {
      resolve(message as Answer);
      if (child.connected) child.disconnect();
      child.unref();
    });
    // Comes after all messages, which the exit may not.
    child.once("disconnect", () => reject(new RunnerError("JOB_LOST", "The process of the job ended before the job was running.", { hint: `${logFile(directory)} may say why.` })));
  });
  child.send(assignment, () => {});
  return { answer, cancel: () => void child.kill("SIGTERM") };
}

/** Opens the log for appending: whoever gets the pid file empties it. */
export function openLog(directory: string): number {
  // A job can write to the directory too: a link, or a file with a second name, is not written to.
  const file = openRegularSync(logFile(directory), "append");
  try {
    // In a directory that a group shares, the next job may be another user's.
    if (fstatSync(file).uid === process.geteuid?.()) fchmodSync(file, isShared(statSync(directory).mode) ? 0o660 : 0o600);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return file;
}

export function logFile(directory: string): string {
  return join(directory, "daemon.log");
}

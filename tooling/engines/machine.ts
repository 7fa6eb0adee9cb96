import { existsSync, readFileSync } from "node:fs";
import { command } from "./command.ts";

/** What of this machine decides how containers can run on it. */
export interface Machine {
  /** The most open files a process may be allowed here. */
  readonly openFiles: string;
  readonly systemd: boolean;
  /** Version 1 cgroups with a version 2 tree beside them: crun refuses that, runc does not. */
  readonly hybridCgroups: boolean;
}

export async function lookAtMachine(): Promise<Machine> {
  const { stdout } = await command(["/bin/sh", "-c", "ulimit -H -n"]);
  return { openFiles: stdout.trim(), systemd: existsSync("/run/systemd/system"), hybridCgroups: hybrid() };
}

function hybrid(): boolean {
  try {
    // Read, not asked for its size: files of cgroups always claim to be empty.
    return readFileSync("/sys/fs/cgroup/unified/cgroup.controllers", "utf8").trim() !== "";
  } catch {
    return false;
  }
}

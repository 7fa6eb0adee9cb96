import { readFileSync, readlinkSync } from "node:fs";
import { processStat } from "./process-stat.ts";

/**
 * What tells one running system from another, and the processes of one process namespace from those of another. Empty where the system does not say; two
 * that are empty are not the same.
 */
export interface MachineIdentity {
  /** Of the installation: the same after a restart. */
  readonly machine: string;
  /** Of the running kernel: another one after a restart. */
  readonly boot: string;
  /** Process numbers mean something in there alone. */
  readonly processes: string;
}

export function thisMachine(): MachineIdentity {
  return { machine: quietly(() => readFileSync("/etc/machine-id", "latin1").trim()), boot: quietly(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()), processes: quietly(() => readlinkSync("/proc/self/ns/pid")) };
}

/** When a process was started, in the kernel's ticks since the machine is up; empty for one that is gone or has ended. */
export function startOf(pid: number): string {
  return quietly(() => {
    const { fields, ended } = processStat(pid);
    return ended ? "" : fields[19]!;
  });
}

function quietly(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}

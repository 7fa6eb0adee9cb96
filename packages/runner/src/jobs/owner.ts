import { access } from "node:fs/promises";
import type { ContainerSummary, Host } from "@distronode-runner/contract";
import { jobIdOf, ownerLabel } from "@distronode-runner/core";
import type { JobPlaces } from "./job-places.ts";

/**
 * Whether the runner of a container has gone, of which nobody answers at its control socket. Not when in doubt: one of another machine, or one that never had
 * a socket and is a process that lives (or that has the number of one).
 */
export async function ownerIsGone({ labels }: ContainerSummary, host: Host, places: JobPlaces): Promise<boolean> {
  const [, hostname, pid] = /^(.*):(\d+)$/.exec(labels[ownerLabel] ?? "") ?? [];
  if (hostname !== host.hostname) return false;
  const hadSocket = await access(places.socketOf(jobIdOf(labels))).then(() => true, () => false);
  return hadSocket || !exists(Number(pid));
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

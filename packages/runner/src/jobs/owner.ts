import { access } from "node:fs/promises";
import type { ContainerSummary, Host } from "@distronode-runner/contract";
import { jobIdOf, ownerLabel } from "@distronode-runner/core";
import type { JobPlaces } from "./job-places.ts";
import { thisMachine } from "./this-machine.ts";

/**
 * Whether the runner of a container has gone, of which nobody answers at its control socket. Not when in doubt: one of another machine, or one that never had
 * a socket and is a process that lives (or that has the number of one).
 */
export async function ownerIsGone({ labels }: ContainerSummary, host: Host, places: JobPlaces): Promise<boolean> {
  const [, place, pid] = /^(.*):(\d+)$/.exec(labels[ownerLabel] ?? "") ?? [];
  if (place !== ownerPlace(host)) return false;
  const hadSocket = await access(places.socketOf(jobIdOf(labels))).then(() => true, () => false);
  return hadSocket || !exists(Number(pid));
}

/** Where the process numbers of runners of here mean something: `HOSTNAME/PROCESS NAMESPACE`. */
export function ownerPlace({ hostname }: Pick<Host, "hostname">): string {
  return `${hostname}/${thisMachine().processes.replaceAll(/\D/g, "")}`;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

import type { ContainerSummary, Engine, Host } from "@distronode-runner/contract";
import { ownerLabel } from "@distronode-runner/core";

/**
 * The container that holds a name although nobody will remove it any more: it has exited, it is one of ours, and the process of this machine that made it is
 * gone (it was killed before it could clean up).
 */
export async function abandonedContainer(engine: Engine, name: string, host: Host): Promise<ContainerSummary | undefined> {
  const ours = await engine.list({ [ownerLabel]: "" });
  return ours.find((container) => container.name === name && container.phase === "exited" && isGone(container.labels[ownerLabel] ?? "", host));
}

function isGone(owner: string, host: Host): boolean {
  const [, hostname, pid] = /^(.*):(\d+)$/.exec(owner) ?? [];
  if (hostname !== host.hostname || pid === undefined || Number(pid) === host.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

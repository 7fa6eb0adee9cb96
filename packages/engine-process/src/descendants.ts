import { readdirSync } from "node:fs";
import { statOf } from "./process-identity.ts";

/**
 * Kills a process and everything that descends from it, also what made a session of its own. Each is stopped before its children are
 * listed, so that none can be born behind our back.
 */
export function killTree(root: number): void {
  const seen = new Set<number>();
  const pending = [root];
  while (pending.length > 0) {
    const pid = pending.pop()!;
    if (seen.has(pid)) continue;
    seen.add(pid);
    send(pid, "SIGSTOP");
    pending.push(...childrenOf(pid));
  }
  for (const pid of seen) send(pid, "SIGKILL");
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

/** From `/proc`; on systems without it, nothing is known and the process itself is all that can be reached. */
function childrenOf(parent: number): number[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => Number(statOf(pid)?.[1]) === parent);
  } catch {
    return [];
  }
}

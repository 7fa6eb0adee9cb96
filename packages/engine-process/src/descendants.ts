import { readdirSync, readFileSync } from "node:fs";
import { statOf } from "./process-identity.ts";

/** Milliseconds that a tree may take to die. */
const patience = 2000;

/**
 * Kills a process and everything that descends from it, also what made a session of its own. The process itself is stopped first and killed last: the first
 * process of a job adopts orphans, so what forks and leaves comes back to it and is found there. Looks until it finds nothing twice.
 */
export function killTree(root: number): void {
  send(root, "SIGSTOP");
  const until = performance.now() + patience;
  for (let quiet = 0; quiet < 2 && performance.now() < until; ) {
    const found = descendantsOf(root);
    for (const pid of found) send(pid, "SIGKILL");
    quiet = found.length === 0 ? quiet + 1 : 0;
    // The newest link of a chain is younger than the list.
    for (let turn = 0; turn < 50 && found.length > 0; turn += 1) for (const pid of adoptedBy(root)) send(pid, "SIGKILL");
  }
  send(root, "SIGKILL");
}

/** Those that run. From `/proc`; on systems without it, nothing is known and the process itself is all that can be reached. */
export function descendantsOf(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  const running = new Set<number>();
  for (const pid of numbersIn("/proc")) {
    const [state, parent] = statOf(pid) ?? [];
    if (parent === undefined) continue;
    if (state !== "Z" && state !== "X") running.add(pid);
    const siblings = children.get(Number(parent));
    if (siblings === undefined) children.set(Number(parent), [pid]);
    else siblings.push(pid);
  }
  const found: number[] = [];
  const pending = [root];
  while (pending.length > 0) {
    for (const pid of children.get(pending.pop()!) ?? []) {
      pending.push(pid);
      if (running.has(pid)) found.push(pid);
    }
  }
  return found;
}

/** Children at this moment; empty where the kernel does not say. */
function adoptedBy(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ").filter((each) => each !== "").map(Number).filter((child) => statOf(child)?.[0] !== "Z");
  } catch {
    return [];
  }
}

function numbersIn(directory: string): readonly number[] {
  try {
    return readdirSync(directory).filter((name) => /^\d+$/.test(name)).map(Number);
  } catch {
    return [];
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

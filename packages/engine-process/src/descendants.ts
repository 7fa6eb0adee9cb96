import { readdirSync, readFileSync } from "node:fs";
import { statOf } from "./process-identity.ts";

/** Milliseconds that a tree may take to die. */
const patience = 2000;

/** More than that are not stopped one by one before they are killed: they fork faster. */
const crowd = 2000;

/**
 * Kills a process and everything that descends from it, also what made a session of its own.
 *
 * The process itself is stopped first and killed last. The first process of a job adopts orphans: what forks and leaves comes back to it, and stays among its
 * children, dead, because nobody collects it. So when all its children are dead there is no descendant left, however fast they were.
 */
export function killTree(root: number): void {
  send(root, "SIGSTOP");
  const until = performance.now() + patience;
  // Of a process that does not adopt orphans, those that are known in time.
  const stopped = new Set<number>();
  for (let fresh = descendantsOf(root); fresh.length > 0 && performance.now() < until - patience / 2; fresh = descendantsOf(root).filter((pid) => !stopped.has(pid))) {
    for (const pid of fresh) {
      stopped.add(pid);
      send(pid, "SIGSTOP");
    }
    if (stopped.size > crowd) break;
  }
  for (const pid of stopped) send(pid, "SIGKILL");
  const dead = new Set<number>();
  while (performance.now() < until) {
    const fresh = childrenOf(root).filter((pid) => !dead.has(pid));
    if (fresh.length === 0) break;
    for (const pid of fresh) send(pid, "SIGKILL");
    for (const pid of fresh) if (!isRunning(pid)) dead.add(pid);
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

/** Dead or alive. */
function childrenOf(root: number): readonly number[] {
  try {
    return readFileSync(`/proc/${root}/task/${root}/children`, "latin1").split(" ").filter((each) => each !== "").map(Number);
  } catch {
    // A kernel that does not say.
    return numbersIn("/proc").filter((pid) => Number(statOf(pid)?.[1]) === root);
  }
}

function isRunning(pid: number): boolean {
  const state = statOf(pid)?.[0];
  return state !== undefined && state !== "Z" && state !== "X";
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

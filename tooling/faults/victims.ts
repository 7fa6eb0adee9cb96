import { readdirSync, readFileSync } from "node:fs";
import { engineCli } from "../scenarios/engine-cli.ts";
import type { Execution } from "../scenarios/executions.ts";

/** What is killed: the runner (the command), the first process of the job, the tool, the engine's service that the runner started, or the shell that keeps that. */
export const victims = ["runner", "shim", "tool", "service", "keeper"] as const;
export type Victim = (typeof victims)[number];

/** Whether there is such a process. Only podman's service is the runner's own. */
export function exists(victim: Victim, execution: Execution): boolean {
  return !ofService.includes(victim) || execution === "podman";
}

const ofService: readonly Victim[] = ["service", "keeper"];
const service = /^[^\0]*podman\0system\0service/;
const keeper = /^\/bin\/sh\0-c\0.*\0podman-service\0/s;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Kills it, if it is there by now. */
export async function kill(victim: Victim, execution: Execution, runner: number, container: string): Promise<void> {
  if (victim === "runner") return end(runner);
  if (victim === "service") return descendants(runner).filter(({ command }) => service.test(command)).forEach(({ pid }) => end(pid));
  // Its first process; the other waits for the runner's end.
  if (victim === "keeper") return descendants(runner).filter(({ command, parent }) => keeper.test(command) && parent === runner).forEach(({ pid }) => end(pid));
  if (execution === "host") {
    const found = descendants(runner).filter(({ command }) => (victim === "shim" ? command.includes("-I\0-S\0-c") : /python3\0.*ansible-playbook/.test(command)));
    return found.slice(0, 1).forEach(({ pid }) => end(pid));
  }
  if (victim === "shim") return void (await engineCli(execution, "kill", "--signal", "KILL", container).catch(() => {}));
  const columns = execution === "podman" ? ["hpid", "args"] : ["-eo", "pid,args"];
  const listed = await engineCli(execution, "top", container, ...columns).catch(() => "");
  const line = listed.split("\n").find((each) => each.includes("ansible-playbook"));
  if (line !== undefined) end(Number.parseInt(line.trim(), 10));
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Processes that a process has started, and those that these have. */
export function descendants(root: number): readonly Process[] {
  const all = processes();
  const found: Process[] = [];
  for (const parents = [root]; parents.length > 0; ) {
    const parent = parents.shift();
    for (const each of all) {
      if (each.parent !== parent) continue;
      found.push(each);
      parents.push(each.pid);
    }
  }
  return found;
}

/** Processes of this machine; words of their command lines end with a zero byte. */
export function processes(): readonly Process[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return [{ pid: Number(name), parent: Number(parent), command: readFileSync(`/proc/${name}/cmdline`, "utf8") }];
    } catch {
      return [];
    }
  });
}

import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cleanup } from "./cleanup.ts";
import { command } from "./command.ts";
import { findProgram } from "./find-program.ts";
import { Unavailable } from "./unavailable.ts";

const startSeconds = 60;
const stopSeconds = 30;

/**
 * Starts a daemon whose socket and state live in a directory of this run; only images stay, in the usual place.
 * It is in a process group of its own: Ctrl-C must not take it away from under the containers that tests still end.
 */
export async function startDockerd(cleanup: Cleanup): Promise<string> {
  // Short, because the paths of sockets inside may not exceed 107 characters.
  const directory = mkdtempSync(join(tmpdir(), "dockerd-"));
  const socket = join(directory, "docker.sock");
  const host = `unix://${socket}`;
  const log = join(directory, "log");
  const output = openSync(log, "w");
  const dockerd = findProgram("dockerd") ?? "dockerd";
  const systemd = existsSync("/run/systemd/system");
  const argv = [
    ...(findProgram("setpriv") === undefined ? [] : ["setpriv", "--pdeathsig", "TERM"]), // it goes even when we are killed
    dockerd,
    "--host", host,
    "--pidfile", join(directory, "docker.pid"),
    "--exec-root", join(directory, "run"),
    ...(systemd ? [] : ["--exec-opt", "native.cgroupdriver=cgroupfs"]),
  ];
  const child = spawn(argv[0]!, argv.slice(1), { stdio: ["ignore", output, output], detached: true });
  closeSync(output);
  let gone = false;
  child.once("error", () => (gone = true)).once("exit", () => (gone = true));
  cleanup.add("stop the docker daemon", () => stop());

  for (const limit = Date.now() + startSeconds * 1000; ; await sleep(100)) {
    if (existsSync(socket) && (await command(["docker", "version"], { env: { DOCKER_HOST: host }, timeoutSeconds: 10 })).code === 0) return host;
    if (gone || Date.now() > limit) throw new Unavailable(`The docker daemon did not start:\n${tail(log)}`);
  }

  async function stop(): Promise<void> {
    const containerd = containerdPid(directory);
    if (!gone) child.kill("SIGTERM");
    const left = () => [...(gone ? [] : [child.pid!]), ...(containerd !== undefined && alive(containerd) ? [containerd] : [])];
    if (!(await until(() => left().length === 0, stopSeconds))) {
      for (const pid of left()) process.kill(pid, "SIGKILL");
      await until(() => left().length === 0, 5);
    }
    for (const mount of mountsBelow(directory)) await command(["umount", "--lazy", mount]);
    const stuck = mountsBelow(directory);
    if (left().length > 0 || stuck.length > 0) throw new Error(`left behind: ${[...left(), ...stuck].join(" ")} (${directory})`);
    rmSync(directory, { recursive: true, force: true });
  }
}

function containerdPid(directory: string): number | undefined {
  try {
    return Number(readFileSync(join(directory, "run/containerd/containerd.pid"), "utf8")) || undefined;
  } catch {
    return undefined; // a containerd of the system's is used
  }
}

/** A zombie that its parent has not collected yet is gone for us. */
function alive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Deepest first. */
function mountsBelow(directory: string): readonly string[] {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n").map((line) => line.split(" ")[1] ?? "");
  return mounts.filter((path) => path.startsWith(`${directory}/`)).toReversed();
}

async function until(condition: () => boolean, seconds: number): Promise<boolean> {
  for (const limit = Date.now() + seconds * 1000; !condition(); await sleep(50)) if (Date.now() > limit) return false;
  return true;
}

const tail = (path: string): string => readFileSync(path, "utf8").trimEnd().split("\n").slice(-8).join("\n");

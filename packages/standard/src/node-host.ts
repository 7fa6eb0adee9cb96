import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Host } from "@distronode-runner/contract";

/** This process and this machine. */
export function nodeHost(): Host {
  const uid = process.getuid?.() ?? 0;
  return {
    now: () => Date.now(),
    uuid: () => randomUUID(),
    environment: process.env,
    cwd: process.cwd(),
    uid,
    gid: process.getgid?.() ?? 0,
    pid: process.pid,
    hostname: hostname(),
    home: homedir(),
    runtimeDir: runtimeDir(uid, process.env),
  };
}

/** Where the system keeps such things for each user; else in its directory for temporary files, under the user's number. */
function runtimeDir(uid: number, { DISTRONODE_RUNNER_RUNTIME_DIR: named, XDG_RUNTIME_DIR: system }: NodeJS.ProcessEnv): string {
  if (named !== undefined && named !== "") return resolve(named);
  if (system !== undefined && system !== "" && existsSync(system)) return join(system, "distronode-runner");
  return join(tmpdir(), `distronode-runner-${uid}`);
}

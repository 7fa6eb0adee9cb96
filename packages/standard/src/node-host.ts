import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { RunnerError, type Host } from "@distronode-runner/contract";
import { runtimeDir } from "./runtime-dir.ts";

/** This process and this machine. */
export function nodeHost(): Host {
  const uid = process.getuid?.() ?? 0;
  // The server's own secret is for no job, and jobs on this machine begin with this environment.
  const { DISTRONODE_RUNNER_TOKEN: _token, ...inherited } = process.env;
  const environment = withoutForeignRuntimeDir(inherited, uid);
  const home = homeDirectory();
  return {
    now: () => Date.now(),
    uuid: () => randomUUID(),
    environment,
    cwd: workingDirectory(),
    uid,
    gid: process.getgid?.() ?? 0,
    pid: process.pid,
    hostname: hostname(),
    home,
    runtimeDir: runtimeDir({ uid, home, environment }),
  };
}

/** After `su` or `sudo -E` the system's directory for another user may still be named: no place for our sockets, nor for those of podman and docker. */
function withoutForeignRuntimeDir({ XDG_RUNTIME_DIR: named, ...others }: NodeJS.ProcessEnv, uid: number): NodeJS.ProcessEnv {
  return named === undefined || ![undefined, uid].includes(statSync(named, { throwIfNoEntry: false })?.uid) ? others : { XDG_RUNTIME_DIR: named, ...others };
}

/** A user who is in no list of users and has no HOME lives in `/`, as in a container. */
function homeDirectory(): string {
  try {
    return homedir() || "/";
  } catch {
    return "/";
  }
}

function workingDirectory(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new RunnerError("REQUEST_INVALID", "The working directory of this process does not exist any more.", { hint: "Change to a directory that exists.", cause: error });
  }
}

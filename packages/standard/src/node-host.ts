import { randomUUID } from "node:crypto";
import { homedir, hostname } from "node:os";
import type { Host } from "@distronode-runner/contract";
import { runtimeDir } from "./runtime-dir.ts";

/** This process and this machine. */
export function nodeHost(): Host {
  const uid = process.getuid?.() ?? 0;
  // The server's own secret is for no job, and jobs on this machine begin with this environment.
  const { DISTRONODE_RUNNER_TOKEN: _token, ...environment } = process.env;
  return {
    now: () => Date.now(),
    uuid: () => randomUUID(),
    environment,
    cwd: process.cwd(),
    uid,
    gid: process.getgid?.() ?? 0,
    pid: process.pid,
    hostname: hostname(),
    home: homedir(),
    runtimeDir: runtimeDir({ uid, home: homedir(), environment }),
  };
}

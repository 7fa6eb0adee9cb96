import { randomUUID } from "node:crypto";
import { homedir, hostname } from "node:os";
import type { Host } from "@distronode-runner/contract";

/** This process and this machine. */
export function nodeHost(): Host {
  return {
    now: () => Date.now(),
    uuid: () => randomUUID(),
    environment: process.env,
    cwd: process.cwd(),
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    pid: process.pid,
    hostname: hostname(),
    home: homedir(),
  };
}

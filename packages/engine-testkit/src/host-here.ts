import { randomUUID } from "node:crypto";
import { homedir, hostname } from "node:os";
import type { Host } from "@distronode-runner/contract";

/** The host that an engine is opened with in its tests: this process, with another environment if need be. */
export function hostHere(environment: Host["environment"] = process.env): Host {
  return {
    now: () => Date.now(),
    uuid: () => randomUUID(),
    environment,
    cwd: process.cwd(),
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    pid: process.pid,
    hostname: hostname(),
    home: homedir(),
  };
}

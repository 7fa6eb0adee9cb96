import { randomUUID } from "node:crypto";
import { homedir, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { Host } from "@distronode-runner/contract";

/** The host that an engine is opened with in its tests: this process, with another environment if need be, and a runtime directory that tests share. */
export function hostHere(environment: Host["environment"] = process.env): Host {
  const uid = process.getuid?.() ?? 0;
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
    runtimeDir: join(tmpdir(), `distronode-runner-tests-${uid}`),
  };
}

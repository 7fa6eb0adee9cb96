import { randomUUID } from "node:crypto";
import { homedir, hostname } from "node:os";
import type { Host } from "@distronode-runner/contract";
import { engineSuite, scripts } from "@distronode-runner/engine-testkit";
import { describe, test } from "vitest";
import { processEngine } from "../src/index.ts";

const host: Host = {
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

engineSuite({
  test: (name, run) => test(name, run, 60_000),
  describe,
  open: () => processEngine.open({}, host),
  image: "any",
  script: scripts.posixShell,
});

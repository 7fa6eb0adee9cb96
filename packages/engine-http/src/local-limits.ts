import { readFile } from "node:fs/promises";
import type { EngineSupports } from "@distronode-runner/contract";

export interface LocalEngine {
  readonly rootless: boolean;
  /** Who runs the engine. */
  readonly uid: number;
}

/**
 * Which limits an engine on this machine can apply. Engines themselves know too, but their own report takes longer than a short job.
 * Root's engine can set them all; others only what the system delegated to them, which cgroup v1 has no way to do.
 */
export async function localEngineLimits(engine: LocalEngine, cgroups = "/sys/fs/cgroup"): Promise<EngineSupports["limits"]> {
  if (!engine.rootless) return { memory: true, cpus: true, pids: true };
  const file = `${cgroups}/user.slice/user-${engine.uid}.slice/user@${engine.uid}.service/cgroup.controllers`;
  const controllers = (await readFile(file, "utf8").catch(() => "")).split(/\s+/);
  return { memory: controllers.includes("memory"), cpus: controllers.includes("cpu"), pids: controllers.includes("pids") };
}

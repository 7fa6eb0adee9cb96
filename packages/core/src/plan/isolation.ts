import { basename, isAbsolute } from "node:path";
import type { Settings } from "@distronode-runner/contract";

export type Isolation = "none" | "container" | "sandbox";

/**
 * `process_isolation_executable` names a container engine, or bubblewrap: `bwrap`, or the path of any program that is not a container
 * engine's, as with the peer.
 */
export function isolationOf(settings: Settings): Isolation {
  if (settings.process_isolation !== true) return "none";
  const executable = settings.process_isolation_executable ?? "podman";
  const name = basename(executable);
  return name === "bwrap" || (isAbsolute(executable) && name !== "podman" && name !== "docker") ? "sandbox" : "container";
}

import { arch, platform, release } from "node:os";
import type { EngineInfo, Host } from "@distronode-runner/contract";

/** This machine, as an engine. */
export function hostInfo(name: string, host: Host): EngineInfo {
  return { name, version: release(), os: platform(), architecture: arch(), rootless: host.uid !== 0, endpoint: "" };
}

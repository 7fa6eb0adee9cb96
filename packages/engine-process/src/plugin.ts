import { arch, platform, release } from "node:os";
import { defineEngine, engineContract, type EngineInfo, type EnginePlugin, type Host } from "@distronode-runner/contract";
import { ProcessEngine } from "./process-engine.ts";

/** Jobs as processes of this machine, without a container: for hosts that have the automation tool installed. */
export const processEngine: EnginePlugin<object> = defineEngine<object>({
  contract: engineContract,
  name: "process",
  settingsSchema: { type: "object", additionalProperties: false },
  detect: (_settings, host) => Promise.resolve({ usable: true, info: describe(host) }),
  open: (_settings, host) => Promise.resolve(new ProcessEngine(describe(host), host)),
});

function describe(host: Host): EngineInfo {
  return { name: "process", version: release(), os: platform(), architecture: arch(), rootless: host.uid !== 0, endpoint: "" };
}

export default processEngine;

import { defineEngine, engineContract, type EnginePlugin } from "@distronode-runner/contract";
import { hostInfo } from "./host-info.ts";
import { ProcessEngine } from "./process-engine.ts";

/** Jobs as processes of this machine, without a container: for hosts that have the automation tool installed. */
export const processEngine: EnginePlugin<object> = defineEngine<object>({
  contract: engineContract,
  name: "process",
  settingsSchema: { type: "object", additionalProperties: false },
  detect: (_settings, host) => Promise.resolve({ usable: true, info: hostInfo("process", host) }),
  open: (_settings, host) => Promise.resolve(new ProcessEngine(hostInfo("process", host), host)),
});

export default processEngine;

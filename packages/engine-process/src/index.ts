export { default, processEngine } from "./plugin.ts";
export { sandboxEngine, type SandboxSettings } from "./sandbox/plugin.ts";

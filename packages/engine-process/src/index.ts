export { default, processEngine } from "./plugin.ts";

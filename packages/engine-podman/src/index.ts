export { default, podman, type PodmanSettings } from "./plugin.ts";

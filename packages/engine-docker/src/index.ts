export { default, docker, type DockerSettings } from "./plugin.ts";

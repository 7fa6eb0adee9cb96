export { createRunner } from "./create-runner.ts";
export type { RunnerParts } from "./parts.ts";

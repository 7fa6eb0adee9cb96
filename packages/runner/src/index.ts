export { createRunner } from "./create-runner.ts";
export type { RunnerParts } from "./parts.ts";
export * from "./commands/questions.ts";
export { runCommand, type CommandOptions, type CommandResult } from "./commands/run-command.ts";

export { createRunner } from "./create-runner.ts";
export type { RunnerParts } from "./parts.ts";
export type { Many } from "./commands/arguments.ts";
export { getConfig, type ConfigOption, type ConfigQuestion, type ConfigValue } from "./commands/configuration.ts";
export { getHost, getInventory, getInventoryGraph, type HostVariables, type InventoryFormat, type InventoryGroup, type InventoryList, type InventoryQuestion } from "./commands/inventory.ts";
export { getPluginDocs, getPluginList, type PluginDoc, type PluginOption, type PluginQuestion } from "./commands/plugin-docs.ts";
export { getRoleArgspec, getRoleList, type RoleArgspec, type RoleEntryPoint, type RoleQuestion, type RoleSummary } from "./commands/roles.ts";
export { runCommand, type CommandOptions, type CommandResult } from "./commands/run-command.ts";
export { failedCommand, type QuestionOptions } from "./commands/tool-output.ts";

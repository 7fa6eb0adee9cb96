export { eventText, isEvent, isRunnerError, RunnerError } from "@distronode-runner/contract";
export type {
  ErrorCode,
  ErrorRecord,
  EventDataByKind,
  EventKind,
  FinishedJob,
  FinalStatus,
  JobEvent,
  JobEventOf,
  JobHandle,
  JobHandlers,
  JobPlan,
  JobRequest,
  JobResult,
  JobStats,
  JobStatus,
  JournalEntry,
  Runner,
  StartOptions,
} from "@distronode-runner/contract";
export { failedCommand, getConfig, getHost, getInventory, getInventoryGraph, getPluginDocs, getPluginList, getRoleArgspec, getRoleList, runCommand } from "@distronode-runner/runner";
export type {
  CommandOptions,
  CommandResult,
  ConfigOption,
  ConfigQuestion,
  ConfigValue,
  HostVariables,
  InventoryFormat,
  InventoryGroup,
  InventoryList,
  InventoryQuestion,
  PluginDoc,
  PluginOption,
  PluginQuestion,
  QuestionOptions,
  RoleArgspec,
  RoleEntryPoint,
  RoleQuestion,
  RoleSummary,
  RunnerParts,
} from "@distronode-runner/runner";
export { enginesOfEnvironment, installedEngines } from "./engine-modules.ts";
export { loadSinks, namedSinks } from "./load-sinks.ts";
export { nodeHost } from "./node-host.ts";
export { run } from "./run.ts";
export { createStandardRunner, standardParts } from "./standard-runner.ts";
export { version } from "./version.ts";

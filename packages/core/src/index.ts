export { probePath, readDataDir, readSettings } from "./data-dir/read.ts";
export type { DataDirSnapshot, EnvFileName, PathKind, Probe } from "./data-dir/snapshot.ts";
export { ownerLabel } from "./plan/labels.ts";
export { maskedEnvironment } from "./plan/masking.ts";
export { planJob, type PlanContext, type Planned } from "./plan/plan-job.ts";
export type { RegistrySettings } from "./plan/registry.ts";
export { checkRequest } from "./request.ts";
export { reportSettings } from "./settings/report-settings.ts";
export { suggest } from "./suggest.ts";

export { createServer, type ServerOptions } from "./create-server.ts";
export { parseDataDirs, type DataDirResolver, type DataDirs } from "./data-dirs.ts";
export { JobRegistry, type JobRecord } from "./jobs/job-registry.ts";
export type { JobView } from "./jobs/job-view.ts";
export type { JobOrder } from "./jobs/job-order.ts";
export { isLoopback, listen, type ListenOptions } from "./listen.ts";
export { resolveToken, tokenVariable, type Token } from "./token.ts";

export { cases, type Case } from "./cases/index.ts";
export type { CaseContext, Load, Ran, Running } from "./context.ts";
export { hostHere } from "./host-here.ts";
export { floodOf, scripts, type Script } from "./scripts.ts";
export { engineSuite, type SuiteOptions, type TestContext } from "./suite.ts";

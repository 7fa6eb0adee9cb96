export { authFiles } from "./auth-files.ts";
export { chain, staticKeychain } from "./chain.ts";
export { runHelper, type RunHelper } from "./helper.ts";

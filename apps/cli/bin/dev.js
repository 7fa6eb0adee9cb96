#!/usr/bin/env -S node --conditions=@distronode-runner/source
// The same command line, read from the sources: no build needed. What Node made of them is kept, as for the bundle.
import module from "node:module";
import { settleHome } from "./settle-home.js";

settleHome(process.env);
module.enableCompileCache?.();
const { main } = await import("../src/main.ts");
await main(new URL("..", import.meta.url), { commands: "./src/commands.ts" });

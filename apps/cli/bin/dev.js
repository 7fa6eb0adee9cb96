#!/usr/bin/env -S node --conditions=@distronode-runner/source
// The same command line, read from the sources: no build needed.
import { main } from "../src/main.ts";

await main(new URL("..", import.meta.url), { commands: "./src/commands.ts" });

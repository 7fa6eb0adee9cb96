#!/usr/bin/env node
// The version is answered before anything is loaded; everything else starts from the bundle, compiled once.
import { readFileSync } from "node:fs";
import module from "node:module";

if (process.argv.length === 3 && process.argv[2] === "--version") {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  console.log(manifest.version);
} else {
  module.enableCompileCache?.();
  const { main } = await import("../dist/main.js");
  await main(new URL("..", import.meta.url));
}

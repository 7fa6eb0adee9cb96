#!/usr/bin/env sh
":" //; while read -r name set; do case $name$set in SigIgn:*[13579bdf]) export DISTRONODE_RUNNER_HANGUP_IGNORED=1; break;; SigCgt:*) break;; esac; done 2>/dev/null </proc/$$/status; exec node --max-semi-space-size=2 "$0" "$@"
// The line above is for the shell, and a comment for Node, which forgets at its start that nohup ignored a signal.
// A small nursery: what passes through is short-lived, and left to itself it grows to 64 MB in a long job.
// The version is answered before anything is loaded; everything else starts from the bundle, compiled once.
import { readFileSync } from "node:fs";
import module from "node:module";
import { settleHome } from "./settle-home.js";

if (process.argv.length === 3 && process.argv[2] === "--version") {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  process.stdout.on("error", (error) => {
    if (error.code === "EPIPE") return;
    console.error(`Error: Standard output cannot be written: ${error.message}\n[${error.code === "ENOSPC" ? "STORE_FULL" : "STORE_FAILED"}]`);
    process.exitCode = 74;
  });
  process.stdout.write(`${manifest.version}\n`);
} else if (tooOld(process.versions.node)) {
  console.error(`Error: distronode-runner needs Node.js 22.19 or newer, this is ${process.versions.node}.\nHint: In a checkout, ./pnpmw distronode-runner brings its own Node.`);
  process.exitCode = 1;
} else {
  module.enableCompileCache?.();
  settleHome(process.env);
  const { main } = await import("../dist/main.js");
  await main(new URL("..", import.meta.url));
}

function tooOld(version) {
  const [major, minor] = version.split(".").map(Number);
  return major < 22 || (major === 22 && minor < 19);
}

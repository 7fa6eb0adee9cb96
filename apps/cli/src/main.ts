import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Config, run, type Interfaces } from "@oclif/core";
import { unknownCommand } from "./arguments/usage-error.ts";
import { reportError } from "./report-error.ts";

export interface MainOptions {
  /** The file that holds the command map, relative to the package; the bundle's own unless given. */
  readonly commands?: string;
}

/** Runs one command line. `home` is the directory of this package: bundle and sources lie at different depths. */
export async function main(home: URL, options: MainOptions = {}): Promise<void> {
  const pjson = JSON.parse(await readFile(new URL("package.json", home), "utf8")) as Interfaces.PJSON;
  // A defect in a callback, which no `catch` sees.
  process.on("uncaughtException", (error) => process.exit(reportError(error, pjson.version)));
  try {
    await runCommandLine(process.argv.slice(2), home, pjson, options.commands ?? "./dist/commands.js");
  } catch (error) {
    process.exitCode = reportError(error, pjson.version);
  }
}

async function runCommandLine(words: string[], home: URL, pjson: Interfaces.PJSON, target: string): Promise<void> {
  const flags = words.slice(0, words.includes("--") ? words.indexOf("--") : words.length);
  if (flags.includes("--version")) {
    process.stdout.write(`${pjson.version}\n`);
    return;
  }
  pjson.oclif.commands = { strategy: "explicit", target, identifier: "commands" };
  pjson.oclif.helpClass = { target, identifier: "Help" };
  pjson.oclif.additionalHelpFlags = ["-h"];
  const config = await Config.load({ root: fileURLToPath(home), pjson });
  const [first, ...rest] = words[0] === "help" ? [...words.slice(1, 2), "--help"] : words;
  const isCommand = first === undefined || first === "--help" || first === "-h" || config.commandIDs.includes(first);
  if (!isCommand) throw unknownCommand(first, config.commandIDs);
  await run(first === undefined ? [] : [first, ...rest], config);
}

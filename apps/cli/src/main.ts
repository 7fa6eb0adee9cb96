import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { RunnerError } from "@distronode-runner/contract";
import { Config, run, type Interfaces } from "@oclif/core";
import { findCommand } from "./arguments/find-command.ts";
import { jobFlags } from "./arguments/job-flags.ts";
import { knownFlags } from "./arguments/known-flags.ts";
import { unknownCommand } from "./arguments/usage-error.ts";
import { usageSummary } from "./render/usage-summary.ts";
import { reportError } from "./report-error.ts";
import { watchForStandstill } from "./standstill.ts";

export interface MainOptions {
  /** The file that holds the command map, relative to the package; the bundle's own unless given. */
  readonly commands?: string;
}

/** Runs one command line. `home` is the directory of this package: bundle and sources lie at different depths. */
export async function main(home: URL, options: MainOptions = {}): Promise<void> {
  const pjson = JSON.parse(await readFile(new URL("package.json", home), "utf8")) as Interfaces.PJSON;
  // A defect in a callback, which no `catch` sees.
  process.on("uncaughtException", (error) => process.exit(reportError(error, pjson.version)));
  const ended = watchForStandstill((error) => process.exit(reportError(error, pjson.version)));
  try {
    await runCommandLine(process.argv.slice(2), home, pjson, options.commands ?? "./dist/commands.js");
  } catch (error) {
    process.exitCode = reportError(error, pjson.version);
  } finally {
    ended();
  }
}

async function runCommandLine(words: string[], home: URL, pjson: Interfaces.PJSON, target: string): Promise<void> {
  if (beforeDashes(words).includes("--version")) {
    process.stdout.write(`${pjson.version}\n`);
    return;
  }
  pjson.oclif.commands = { strategy: "explicit", target, identifier: "commands" };
  pjson.oclif.helpClass = { target, identifier: "Help" };
  pjson.oclif.additionalHelpFlags = ["-h"];
  const config = await Config.load({ root: fileURLToPath(home), pjson });
  const command = findCommand(words[0] === "help" ? [...words.slice(1), "--help"] : words, config.commandIDs, knownFlags(jobFlags));
  if (command.id === undefined && command.words.some(isHelp)) {
    await run(["--help"], config);
    return;
  }
  if (command.id === undefined) {
    process.stdout.write(usageSummary(config.bin));
    throw new RunnerError("USAGE", "No command was named.", { hint: `${config.bin} --help lists the commands.` });
  }
  if (!config.commandIDs.includes(command.id)) throw unknownCommand(command.id, config.commandIDs);
  if (beforeDashes(command.words).some(isHelp)) await run([...command.id.split(":"), "--help"], config);
  // Not by `run`, which takes the first word behind a command without arguments for a part of its name.
  else await config.runCommand(command.id, [...command.words]);
}

/** What is ours: the words behind `--` are somebody else's. */
const beforeDashes = (words: readonly string[]): readonly string[] => (words.includes("--") ? words.slice(0, words.indexOf("--")) : words);
const isHelp = (word: string): boolean => word === "--help" || word === "-h";

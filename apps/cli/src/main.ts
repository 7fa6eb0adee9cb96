import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { RunnerError } from "@distronode-runner/contract";
import { Config, run, type Interfaces } from "@oclif/core";
import { findCommand } from "./arguments/find-command.ts";
import { jobFlags } from "./arguments/job-flags.ts";
import { knownFlags } from "./arguments/known-flags.ts";
import { isTopic, unknownCommand } from "./arguments/usage-error.ts";
import { renderTopicHelp } from "./help/topic-help.ts";
import { keepIgnoringHangups } from "./terminal/interrupts.ts";
import { watchStdout } from "./terminal/watch-stdout.ts";
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
  keepIgnoringHangups(process.env);
  const unwritten = watchStdout(process.stdout);
  const ended = watchForStandstill((error) => process.exit(reportError(error, pjson.version)));
  try {
    await runCommandLine(process.argv.slice(2), home, pjson, options.commands ?? "./dist/commands.js");
    const failure = await afterWrites(process.stdout).then(unwritten);
    if (failure !== undefined) throw failure;
  } catch (error) {
    process.exitCode = reportError(error, pjson.version);
  } finally {
    ended();
  }
}

/** An error of the last write is told in the next turn. */
function afterWrites(stdout: NodeJS.WriteStream): Promise<void> {
  return stdout.destroyed ? Promise.resolve() : new Promise((resolve) => void stdout.write("", () => setImmediate(resolve)));
}

async function runCommandLine(words: string[], home: URL, pjson: Interfaces.PJSON, target: string): Promise<void> {
  if (beforeDashes(words).includes("--version")) {
    process.stdout.write(`${pjson.version}\n`);
    return;
  }
  pjson.oclif.commands = { strategy: "explicit", target, identifier: "commands" };
  pjson.oclif.helpClass = { target, identifier: "Help" };
  pjson.oclif.additionalHelpFlags = ["-h"];
  const config = await loadConfig(fileURLToPath(home), pjson);
  const command = findCommand(words[0] === "help" ? [...words.slice(1), "--help"] : words, config.commandIDs, knownFlags(jobFlags));
  if (command.id === undefined && command.words.some(isHelp)) {
    await run(["--help"], config);
    return;
  }
  if (command.id === undefined) {
    process.stdout.write(usageSummary(config.bin));
    throw new RunnerError("USAGE", "No command was named.", { hint: `${config.bin} --help lists the commands.` });
  }
  const wantsHelp = beforeDashes(command.words).some(isHelp);
  if (!config.commandIDs.includes(command.id)) {
    const alone = command.words.length === 0;
    if (isTopic(command.id, config.commandIDs) && (wantsHelp || alone)) process.stdout.write(renderTopicHelp(command.id, config.commands.map(({ id, summary = "" }) => ({ id, summary })), config.bin));
    if (!wantsHelp || !isTopic(command.id, config.commandIDs)) throw unknownCommand(command.id, config.commandIDs, command.words);
    return;
  }
  if (wantsHelp) return void (await run([...command.id.split(":"), "--help"], config));
  checkWorkingDirectory();
  // Not by `run`, which takes the first word behind a command without arguments for a part of its name.
  await config.runCommand(command.id, [...command.words]);
}

function checkWorkingDirectory(): void {
  try {
    process.cwd();
  } catch (error) {
    throw new RunnerError("REQUEST_INVALID", "The working directory of this process does not exist any more.", { hint: "Change to a directory that exists.", cause: error });
  }
}

/** The library looks up the user's shell, which it is not asked for, and which a user in no list of users has not. */
async function loadConfig(root: string, pjson: Interfaces.PJSON): Promise<Config> {
  const shell = process.env["SHELL"];
  process.env["SHELL"] ??= "";
  try {
    return await Config.load({ root, pjson });
  } finally {
    if (shell === undefined) delete process.env["SHELL"];
  }
}

/** What is ours: the words behind `--` are somebody else's. */
const beforeDashes = (words: readonly string[]): readonly string[] => (words.includes("--") ? words.slice(0, words.indexOf("--")) : words);
const isHelp = (word: string): boolean => word === "--help" || word === "-h";

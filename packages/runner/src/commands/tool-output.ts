import { RunnerError, type Runner } from "@distronode-runner/contract";
import { runCommand, type CommandOptions } from "./run-command.ts";

/** Runs one of the tool's commands for what it prints; a command that fails is an error with its own words. */
export async function toolOutput(runner: Runner, argv: readonly string[], options: CommandOptions): Promise<string> {
  const { rc, stdout, stderr } = await runCommand(runner, argv, options);
  if (rc === 0) return stdout;
  throw new RunnerError("REQUEST_INVALID", `${argv[0]} ended with exit code ${rc}.`, { problems: `${stderr}${stdout}`.trim().split("\n").slice(-20), hint: "See what the command itself says." });
}

export async function toolJson(runner: Runner, argv: readonly string[], options: CommandOptions): Promise<unknown> {
  const text = await toolOutput(runner, argv, options);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RunnerError("REQUEST_INVALID", `${argv[0]} did not print JSON.`, { problems: text.trim().split("\n").slice(0, 5), cause: error });
  }
}

import { isRunnerError, RunnerError, type Runner } from "@distronode-runner/contract";
import { runCommand, type CommandOptions, type CommandResult } from "./run-command.ts";

/** What any question may be asked with. */
export interface QuestionOptions extends CommandOptions {
  /** Gets what the tool said beside its answer, mostly warnings; not called if it said nothing. */
  readonly onStderr?: (text: string) => void;
}

/** Runs one of the tool's commands for what it prints. A command that fails is `TOOL_FAILED` with its own words. */
export async function toolOutput(runner: Runner, argv: readonly string[], { onStderr, ...options }: QuestionOptions): Promise<string> {
  const result = await runCommand(runner, argv, options);
  if (result.rc !== 0) throw toolFailed(result, `${argv[0]} ${result.status === "canceled" || result.status === "timeout" ? `was stopped (${result.status})` : `ended with exit code ${result.rc}`}.`);
  if (result.stderr !== "") onStderr?.(result.stderr);
  return result.stdout;
}

/** The same for a command that prints JSON. `check` says what is wrong with the answer, if anything. */
export async function toolJson<T>(runner: Runner, argv: readonly string[], options: QuestionOptions, check: (answer: T) => string | undefined = () => undefined): Promise<T> {
  let said = "";
  const stdout = await toolOutput(runner, argv, { ...options, onStderr: (text) => void (said = text) });
  const result: CommandResult = { status: "successful", rc: 0, stdout, stderr: said };
  const answer = parse<T>(stdout);
  if (answer === undefined) throw toolFailed(result, `${argv[0]} did not answer with JSON.`);
  const fault = check(answer);
  if (fault !== undefined) throw toolFailed(result, `${argv[0]} ${fault}`);
  if (said !== "") options.onStderr?.(said);
  return answer;
}

/** What the tool's command printed and its exit code, if the error is a question that it could not answer. */
export function failedCommand(error: unknown): CommandResult | undefined {
  return isRunnerError(error) && error.code === "TOOL_FAILED" ? (error.cause as CommandResult) : undefined;
}

function toolFailed(result: CommandResult, message: string): RunnerError {
  const said = [result.stderr, result.stdout].flatMap((text) => (text.trim() === "" ? [] : text.trim().split("\n")));
  return new RunnerError("TOOL_FAILED", message, { problems: said.slice(-20), hint: "See what the command itself says.", cause: result });
}

/** Some plugins print a line of their own before the answer. */
function parse<T>(text: string): T | undefined {
  for (const candidate of [text, text.slice(Math.max(0, text.search(/^\{/m)))]) {
    try {
      return JSON.parse(candidate) as T;
    } catch {
      // The next one.
    }
  }
  return undefined;
}

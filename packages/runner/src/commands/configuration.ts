import { RunnerError, type Runner } from "@distronode-runner/contract";
import { option, toggle } from "./arguments.ts";
import { toolJson, toolOutput, type QuestionOptions } from "./tool-output.ts";

/** About the tool's configuration. */
export interface ConfigQuestion extends QuestionOptions {
  /** Instead of the `ansible.cfg` that the tool finds. */
  readonly configFile?: string;
  /** With `dump`: only what differs from the defaults. */
  readonly onlyChanged?: boolean;
}

/** A value in force. */
export interface ConfigValue {
  readonly name: string;
  readonly value: unknown;
  /** `default`, `env: NAME`, or the file. */
  readonly origin: string;
  readonly [field: string]: unknown;
}

/** An option that exists: its `ini` keys, `env` variables, type and default. */
export interface ConfigOption {
  readonly default?: unknown;
  readonly description?: string | readonly string[];
  readonly env?: readonly { readonly name: string }[];
  readonly ini?: readonly { readonly section: string; readonly key: string }[];
  readonly type?: string;
  readonly [field: string]: unknown;
}

/**
 * The tool's configuration as its text: `list` of all options, `dump` of the values in force, `view` of the file. As data with `format: "json"`, which
 * needs ansible-core 2.13 or newer.
 *
 * @throws RunnerError `TOOL_FAILED` if the command fails, e.g. `view` without a file; `REQUEST_INVALID` for `onlyChanged` without `dump`
 */
export function getConfig(runner: Runner, action: "dump", question: ConfigQuestion & { readonly format: "json" }): Promise<readonly ConfigValue[]>;
export function getConfig(runner: Runner, action: "list", question: ConfigQuestion & { readonly format: "json" }): Promise<Readonly<Record<string, ConfigOption>>>;
export function getConfig(runner: Runner, action: "list" | "dump" | "view", question?: ConfigQuestion & { readonly format?: "human" }): Promise<string>;
export async function getConfig(
  runner: Runner,
  action: "list" | "dump" | "view",
  question: ConfigQuestion & { readonly format?: "human" | "json" } = {},
): Promise<string | readonly ConfigValue[] | Readonly<Record<string, ConfigOption>>> {
  const { configFile, onlyChanged, format, ...options } = question;
  if (onlyChanged === true && action !== "dump") {
    throw new RunnerError("REQUEST_INVALID", `onlyChanged has no meaning for ${action}.`, { location: { key: "onlyChanged" }, hint: "It goes with dump." });
  }
  const argv = ["ansible-config", action, ...option("-c", configFile), ...toggle("--only-changed", onlyChanged)];
  return format === "json" ? toolJson(runner, [...argv, "--format", "json"], options) : toolOutput(runner, argv, options);
}

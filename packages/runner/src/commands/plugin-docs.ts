import type { Runner } from "@distronode-runner/contract";
import { option, toggle } from "./arguments.ts";
import { toolJson, toolOutput, type QuestionOptions } from "./tool-output.ts";

/** About plugins of one type. */
export interface PluginQuestion extends QuestionOptions {
  /** `module` (default), `callback`, `connection`, `filter`, `inventory`, `lookup`, ... */
  readonly pluginType?: string;
  /** Directory with further modules. */
  readonly modulePath?: string;
  /** Directory whose `library/`, `collections/` and so on are looked at too. */
  readonly playbookDir?: string;
}

/** A plugin as `ansible-doc --json` describes it. Fields unknown here are kept. */
export interface PluginDoc {
  readonly doc: {
    readonly collection: string;
    readonly filename: string;
    readonly short_description: string;
    readonly description: string | readonly string[];
    readonly options?: Readonly<Record<string, PluginOption>>;
    readonly author?: string | readonly string[];
    readonly version_added?: string;
    readonly [field: string]: unknown;
  };
  /** YAML. */
  readonly examples: string | null;
  /** Name of a returned value -> what it is. */
  readonly return: Readonly<Record<string, Readonly<Record<string, unknown>>>> | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

/** An option of a plugin or a role. */
export interface PluginOption {
  readonly description?: string | readonly string[];
  /** `str`, `list`, `dict`, `bool`, `int`, `path`, ... */
  readonly type?: string;
  readonly required?: boolean;
  readonly default?: unknown;
  readonly choices?: readonly unknown[] | Readonly<Record<string, unknown>>;
  readonly elements?: string;
  readonly aliases?: readonly string[];
  /** Of a dictionary, or of a list of them (roles call it `options`). */
  readonly suboptions?: Readonly<Record<string, PluginOption>>;
  readonly options?: Readonly<Record<string, PluginOption>>;
  readonly [field: string]: unknown;
}

/**
 * Documentation of plugins, by the names that were asked for: what `ansible-doc` says of them. With `format: "human"` its text for people, and with
 * `snippet` too a playbook's task with all options.
 *
 * @throws RunnerError `TOOL_FAILED` if the command fails, or does not know one of the names
 */
export function getPluginDocs(runner: Runner, names: readonly string[], question?: PluginQuestion & { readonly format?: "json" }): Promise<Readonly<Record<string, PluginDoc>>>;
export function getPluginDocs(runner: Runner, names: readonly string[], question: PluginQuestion & { readonly format: "human"; readonly snippet?: boolean }): Promise<string>;
export async function getPluginDocs(runner: Runner, names: readonly string[], question: PluginQuestion & { readonly format?: "json" | "human"; readonly snippet?: boolean } = {}): Promise<Readonly<Record<string, PluginDoc>> | string> {
  const { format, snippet, ...others } = question;
  const { about, options } = split(others);
  if (format === "human") return toolOutput(runner, ["ansible-doc", ...toggle("--snippet", snippet), ...about, "--", ...names], options);
  return toolJson<Readonly<Record<string, PluginDoc>>>(runner, ["ansible-doc", "--json", ...about, "--", ...names], options, (docs) => {
    const missing = names.filter((name) => !Object.keys(docs).some((known) => known === name || known.endsWith(`.${name}`)));
    return missing.length === 0 ? undefined : `knows nothing of ${missing.join(", ")}.`;
  });
}

/**
 * Names of plugins with their one-line descriptions; with `listFiles`, with their files. With `format: "human"` the tool's own list.
 *
 * @throws RunnerError `TOOL_FAILED` if the command fails
 */
export function getPluginList(runner: Runner, question?: PluginQuestion & { readonly listFiles?: boolean; readonly format?: "json" }): Promise<Readonly<Record<string, string>>>;
export function getPluginList(runner: Runner, question: PluginQuestion & { readonly listFiles?: boolean; readonly format: "human" }): Promise<string>;
export async function getPluginList(runner: Runner, question: PluginQuestion & { readonly listFiles?: boolean; readonly format?: "json" | "human" } = {}): Promise<Readonly<Record<string, string>> | string> {
  const { format, listFiles, ...others } = question;
  const { about, options } = split(others);
  const argv = ["ansible-doc", listFiles === true ? "--list_files" : "--list", ...toggle("--json", format !== "human"), ...about];
  return format === "human" ? toolOutput(runner, argv, options) : toolJson<Readonly<Record<string, string>>>(runner, argv, options);
}

function split({ pluginType, modulePath, playbookDir, ...options }: PluginQuestion): { readonly about: readonly string[]; readonly options: QuestionOptions } {
  return { about: [...option("--type", pluginType), ...option("--playbook-dir", playbookDir), ...option("--module-path", modulePath)], options };
}

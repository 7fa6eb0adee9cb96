import type { Runner } from "@distronode-runner/contract";
import type { CommandOptions } from "./run-command.ts";
import { toolJson, toolOutput } from "./tool-output.ts";

/** Questions to the tool about itself and its content: what `ansible-doc`, `ansible-inventory` and `ansible-config` answer. */

type Many = string | readonly string[];
const list = (value: Many | undefined): readonly string[] => (value === undefined ? [] : typeof value === "string" ? [value] : value);
const option = (name: string, value: string | undefined): readonly string[] => (value === undefined ? [] : [name, value]);

export interface PluginQuestion extends CommandOptions {
  /** `module` (default), `callback`, `lookup`, ... */
  readonly pluginType?: string;
  readonly modulePath?: string;
  readonly playbookDir?: string;
}

/** Documentation of plugins: name -> what `ansible-doc --json` prints for it. */
export async function getPluginDocs(runner: Runner, names: readonly string[], question: PluginQuestion = {}): Promise<Readonly<Record<string, unknown>>> {
  const { pluginType, modulePath, playbookDir, ...options } = question;
  const argv = ["ansible-doc", "--json", ...option("-t", pluginType), ...option("--playbook-dir", playbookDir), ...option("-M", modulePath), ...names];
  return (await toolJson(runner, argv, options)) as Record<string, unknown>;
}

/** Names of plugins with their one-line descriptions (or, with `listFiles`, their files). */
export async function getPluginList(runner: Runner, question: PluginQuestion & { readonly listFiles?: boolean } = {}): Promise<Readonly<Record<string, string>>> {
  const { pluginType, modulePath, playbookDir, listFiles, ...options } = question;
  const argv = ["ansible-doc", listFiles === true ? "--list_files" : "--list", "--json", ...option("-t", pluginType), ...option("--playbook-dir", playbookDir), ...option("-M", modulePath)];
  return (await toolJson(runner, argv, options)) as Record<string, string>;
}

export interface InventoryQuestion extends CommandOptions {
  readonly playbookDir?: string;
  readonly vaultPasswordFile?: string;
  readonly export?: boolean;
}

/** The whole inventory as `ansible-inventory --list` has it. */
export async function getInventory(runner: Runner, inventories: Many, question: InventoryQuestion = {}): Promise<Readonly<Record<string, unknown>>> {
  return (await toolJson(runner, ["ansible-inventory", "--list", ...inventoryArguments(inventories, question)], rest(question))) as Record<string, unknown>;
}

/** Variables of one host. */
export async function getHost(runner: Runner, inventories: Many, host: string, question: InventoryQuestion = {}): Promise<Readonly<Record<string, unknown>>> {
  return (await toolJson(runner, ["ansible-inventory", "--host", host, ...inventoryArguments(inventories, question)], rest(question))) as Record<string, unknown>;
}

/** The tree of groups and hosts as text. */
export async function getInventoryGraph(runner: Runner, inventories: Many, question: InventoryQuestion = {}): Promise<string> {
  return toolOutput(runner, ["ansible-inventory", "--graph", ...inventoryArguments(inventories, question)], rest(question));
}

function inventoryArguments(inventories: Many, question: InventoryQuestion): readonly string[] {
  return [...list(inventories).flatMap((inventory) => ["-i", inventory]), ...option("--playbook-dir", question.playbookDir), ...option("--vault-password-file", question.vaultPasswordFile), ...(question.export === true ? ["--export"] : [])];
}

function rest({ playbookDir: _playbookDir, vaultPasswordFile: _vaultPasswordFile, export: _export, ...options }: InventoryQuestion): CommandOptions {
  return options;
}

/** The tool's configuration as text: `list` of all options, `dump` of the values in force, `view` of the file. */
export async function getConfig(runner: Runner, action: "list" | "dump" | "view", question: CommandOptions & { readonly configFile?: string; readonly onlyChanged?: boolean } = {}): Promise<string> {
  const { configFile, onlyChanged, ...options } = question;
  return toolOutput(runner, ["ansible-config", action, ...option("-c", configFile), ...(onlyChanged === true ? ["--only-changed"] : [])], options);
}

export interface RoleQuestion extends CommandOptions {
  readonly collection?: string;
  readonly playbookDir?: string;
}

/** Roles with an argument specification: name -> its entry points. */
export async function getRoleList(runner: Runner, question: RoleQuestion = {}): Promise<Readonly<Record<string, unknown>>> {
  const { collection, playbookDir, ...options } = question;
  return (await toolJson(runner, ["ansible-doc", "-t", "role", "--list", "--json", ...option("--playbook-dir", playbookDir), ...(collection === undefined ? [] : [collection])], options)) as Record<string, unknown>;
}

/** The argument specification of one role. */
export async function getRoleArgspec(runner: Runner, role: string, question: RoleQuestion = {}): Promise<Readonly<Record<string, unknown>>> {
  const { collection, playbookDir, ...options } = question;
  return (await toolJson(runner, ["ansible-doc", "-t", "role", "--json", ...option("--playbook-dir", playbookDir), collection === undefined ? role : `${collection}.${role}`], options)) as Record<string, unknown>;
}

import type { Runner } from "@distronode-runner/contract";
import { list, option, toggle, type Many } from "./arguments.ts";
import { toolJson, toolOutput, type QuestionOptions } from "./tool-output.ts";

/** About inventories. An inventory that can not be parsed is a warning of the tool: see `onStderr`, or set its `ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED`. */
export interface InventoryQuestion extends QuestionOptions {
  /** Directory whose `group_vars/` and `host_vars/` are read too. */
  readonly playbookDir?: string;
  /** `[LABEL@]FILE`, one or several. */
  readonly vaultIds?: Many;
  readonly vaultPasswordFile?: string;
  /** Variables at the groups they are set for, instead of merged into the hosts. */
  readonly export?: boolean;
}

/** How a text is wanted instead of data. */
export type InventoryFormat = "json" | "yaml" | "toml";

/** An inventory as `ansible-inventory --list` has it: group -> what is in it, and `_meta`. */
export type InventoryList = { readonly _meta: { readonly hostvars: Readonly<Record<string, HostVariables>> } } & { readonly [group: string]: InventoryGroup };

/** A group of hosts. */
export interface InventoryGroup {
  readonly hosts?: readonly string[];
  readonly children?: readonly string[];
  /** With `export`. */
  readonly vars?: Readonly<Record<string, unknown>>;
}

/** Name -> value. */
export type HostVariables = Readonly<Record<string, unknown>>;

/**
 * The whole inventory; as the tool's text with `format: "yaml"` or `"toml"`.
 *
 * @param inventories files, directories, or comma lists of hosts
 * @throws RunnerError `TOOL_FAILED` if the command fails
 */
export function getInventory(runner: Runner, inventories: Many, question?: InventoryQuestion & { readonly format?: "json" }): Promise<InventoryList>;
export function getInventory(runner: Runner, inventories: Many, question: InventoryQuestion & { readonly format: "yaml" | "toml" }): Promise<string>;
export async function getInventory(runner: Runner, inventories: Many, question: InventoryQuestion & { readonly format?: InventoryFormat } = {}): Promise<InventoryList | string> {
  return ask<InventoryList>(runner, ["--list"], inventories, question);
}

/**
 * Variables of one host; as the tool's text with `format: "yaml"` or `"toml"`.
 *
 * @throws RunnerError `TOOL_FAILED` if the command fails, e.g. because there is no such host
 */
export function getHost(runner: Runner, inventories: Many, host: string, question?: InventoryQuestion & { readonly format?: "json" }): Promise<HostVariables>;
export function getHost(runner: Runner, inventories: Many, host: string, question: InventoryQuestion & { readonly format: "yaml" | "toml" }): Promise<string>;
export async function getHost(runner: Runner, inventories: Many, host: string, question: InventoryQuestion & { readonly format?: InventoryFormat } = {}): Promise<HostVariables | string> {
  return ask<HostVariables>(runner, [`--host=${host}`], inventories, question);
}

/**
 * The tree of groups and hosts as text.
 *
 * @throws RunnerError `TOOL_FAILED` if the command fails
 */
export async function getInventoryGraph(runner: Runner, inventories: Many, question: InventoryQuestion = {}): Promise<string> {
  const { about, options } = split(inventories, question);
  return toolOutput(runner, ["ansible-inventory", "--graph", ...about], options);
}

function ask<T>(runner: Runner, action: readonly string[], inventories: Many, { format = "json", ...question }: InventoryQuestion & { readonly format?: InventoryFormat }): Promise<T | string> {
  const { about, options } = split(inventories, question);
  const argv = ["ansible-inventory", ...action, ...toggle(`--${format}`, format !== "json"), ...about];
  return format === "json" ? toolJson<T>(runner, argv, options) : toolOutput(runner, argv, options);
}

function split(inventories: Many, { playbookDir, vaultIds, vaultPasswordFile, export: exported, ...options }: InventoryQuestion): { readonly about: readonly string[]; readonly options: QuestionOptions } {
  return {
    about: [
      ...list(inventories).flatMap((inventory) => ["-i", inventory]),
      ...option("--playbook-dir", playbookDir),
      ...list(vaultIds).flatMap((id) => ["--vault-id", id]),
      ...option("--vault-password-file", vaultPasswordFile),
      ...toggle("--export", exported),
    ],
    options,
  };
}

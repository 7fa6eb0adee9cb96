import type { JobRequest, PlannedValue } from "@distronode-runner/contract";
import { jobDirToken } from "./environment.ts";
import type { Secrets } from "./secrets.ts";

/** An inventory that was given as data: a file of the job in a directory that mirrors the private data directory's `inventory/`, so that `group_vars/` and `host_vars/` are found beside it. */
export interface InventoryData {
  readonly argument: string;
  readonly files: Readonly<Record<string, PlannedValue>>;
  readonly mirrors: Readonly<Record<string, string>>;
}

const directory = "inventory";

/**
 * What is no path: groups as a mapping, or the text of an inventory. A text of one line is one if it has blanks or `=`, names nothing that exists, and is no
 * list of hosts (`web1, web2`).
 *
 * @param exists whether a text is the path of an inventory
 * @param beside the inventory directory as the tool sees it, if there is one
 */
export function planInventoryData(inventory: JobRequest["inventory"], exists: (path: string) => boolean, beside: () => string | undefined, secrets: Secrets): InventoryData | undefined {
  const written = textOf(inventory, exists);
  if (written === undefined) return undefined;
  const mirrored = beside();
  return {
    argument: `${jobDirToken}/${directory}/${written.name}`,
    files: { [`${directory}/${written.name}`]: secrets.keep("inventory", written.text) },
    mirrors: mirrored === undefined ? {} : { [directory]: mirrored },
  };
}

function textOf(inventory: JobRequest["inventory"], exists: (path: string) => boolean): { readonly name: string; readonly text: string } | undefined {
  if (inventory === undefined || Array.isArray(inventory)) return undefined;
  if (typeof inventory !== "string") return { name: "hosts.json", text: JSON.stringify(inventory) };
  if (inventory.includes("\n")) return { name: "hosts", text: inventory };
  const content = inventory.includes("=") || (/\s/.test(inventory.trim()) && !inventory.includes(","));
  return content && !exists(inventory) ? { name: "hosts", text: `${inventory}\n` } : undefined;
}

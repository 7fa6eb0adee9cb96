import type { JobRequest } from "@distronode-runner/contract";

/** Names of hosts and groups that the request itself has. Whatever variable has one as its value: they are no secrets. */
export function hostsOf({ inventory, limit, hosts }: JobRequest): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (text: string): void => {
    for (const name of text.split(/[\s,:!&]+/)) if (name !== "") found.add(name);
  };
  if (limit !== undefined) add(limit);
  if (hosts !== undefined) add(hosts);
  if (typeof inventory === "string") for (const line of inventory.split("\n")) add(/^\s*\[?([^\s\]=]*)/.exec(line)![1]!);
  else if (Array.isArray(inventory)) for (const name of inventory) add(String(name));
  else if (inventory !== undefined) addKeys(inventory, found);
  return found;
}

/** Groups, and what they have under `hosts`. */
function addKeys(groups: object, found: Set<string>, depth = 0): void {
  if (depth > 20) return;
  for (const [name, group] of Object.entries(groups)) {
    found.add(name);
    if (typeof group !== "object" || group === null) continue;
    const { hosts, children } = group as { readonly hosts?: unknown; readonly children?: unknown };
    for (const host of Array.isArray(hosts) ? (hosts as unknown[]) : Object.keys((hosts as object | null | undefined) ?? {})) found.add(String(host));
    if (typeof children === "object" && children !== null && !Array.isArray(children)) addKeys(children, found, depth + 1);
  }
}

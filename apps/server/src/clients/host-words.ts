import { invalid } from "./refuse.ts";

/** A pattern of hosts that selects among those of the inventory. The tool reads a file for each part that begins with `@`. */
export function checkLimit(limit: string, key: string): void {
  if (/^\s*-/.test(limit) || limit.includes("@")) throw invalid(key, `${key} is not a pattern of hosts: it begins with a dash or names a file (@).`, "Write the hosts and groups themselves, for example web:!web3.");
}

/** Names and addresses alone: a slash would make it a path, and a space or an equals sign could carry variables. */
const host = /^(?!-)[\w.:[\]-]+$/;

/** A comma list of hosts, which the tool takes for an inventory. */
export function checkHostList(list: string, key: string): void {
  const hosts = list.split(",").map((name) => name.trim());
  if (hosts.every((name) => name === "" || host.test(name)) && hosts.some((name) => name !== "")) return;
  throw invalid(key, `${key} is not a comma list of hosts.`, "Names and addresses have letters, digits, dots, dashes, colons and brackets; variables belong into the directory's inventory.");
}

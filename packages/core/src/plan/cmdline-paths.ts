import { isAbsolute } from "node:path";
import type { Probe } from "../data-dir/snapshot.ts";
import type { PathMap } from "./path-map.ts";

const fileOptions = new Set(["-i", "--inventory", "--inventory-file", "--vault-password-file", "--vault-pass-file", "--private-key", "--key-file", "--become-password-file", "--connection-password-file", "--playbook-dir", "-M", "--module-path", "-c", "--config"]);

/**
 * Options in the user's own words that name files of this machine by absolute path: each is shown in the container. A path that does not exist
 * here is the image's own.
 */
export function mapCmdlinePaths(cmdline: readonly string[], paths: PathMap, probe: Probe): readonly string[] {
  const map = (value: string, option: string): string => (isAbsolute(value) && probe(value) !== "missing" ? paths.seen(value, option) : value);
  const mapValue = (option: string, value: string): string => {
    // A list of hosts is no path; a path may have commas.
    if (fileOptions.has(option)) return map(value, option);
    if (option === "--vault-id") return value.replace(/^([^@]*@)(.+)$/, (_whole, label: string, file: string) => label + map(file, option));
    if (option === "-e" || option === "--extra-vars") return value.startsWith("@") ? `@${map(value.slice(1), option)}` : value;
    return value;
  };
  return cmdline.map((word, index) => {
    const [, long, value] = /^(--[a-z-]+)=(.*)$/s.exec(word) ?? [];
    if (long !== undefined) return `${long}=${mapValue(long, value!)}`;
    const [, short, attached] = /^(-[ieM])(.+)$/s.exec(word) ?? [];
    if (short !== undefined) return `${short}${mapValue(short, attached!)}`;
    return mapValue(cmdline[index - 1] ?? "", word);
  });
}

import { invalid } from "./refuse.ts";

/** Variables that decide how and where the tool connects and what it runs with, or that are the tool's own. */
const reserved = /^(ansible_|distronode_|discovered_interpreter_)|^(delegated_vars|environment|group_names|groups|hostvars|inventory_dir|inventory_file|inventory_hostname|inventory_hostname_short|omit|play_hosts|playbook_dir|role_name|role_names|role_path|vars)$/;

/**
 * The value of `-e`: `name=value`, one or several, as plain text. No file (`@`), no YAML or JSON, no template, which the tool would evaluate where it runs. No
 * backslash either: the tool decodes `\x7b` to a brace after this check.
 */
export function checkExtraVariables(text: string, key: string): void {
  if (!/^[A-Za-z_]\w*=/.test(text)) throw invalid(key, `${key}: extra variables are written name=value.`, "Files (@) and YAML or JSON are not taken from clients.");
  if (/[\p{Cc}\p{Zl}\p{Zp}\\]/u.test(text)) throw invalid(key, `${key}: extra variables have no backslashes, line ends or control characters.`);
  if (/\{[{%#]/.test(text)) throw invalid(key, `${key}: extra variables hold no templates.`, "Templates belong into the playbook.");
  // The tool splits at spaces outside of quotes; a name before any equals sign is looked at, so that no way of quoting hides one.
  for (const [, name = ""] of text.matchAll(/([^\s=]*)\s*=/gu)) {
    const variable = /[A-Za-z_]\w*$/.exec(name)?.[0] ?? "";
    if (reserved.test(variable)) throw invalid(key, `${key}: the variable ${variable} is the tool's own, or decides how it connects; clients do not set it.`);
  }
}

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

/** Data that the tool takes for something else: text that is encrypted, or marked. */
const marked = /^__ansible_|^__distronode_/;
const ofConnections = /^(ansible_|distronode_|discovered_interpreter_)/;

/** Levels of lists and mappings in each other. */
const deepest = 32;

/**
 * Variables as data. They reach the tool as a JSON file, so that backslashes and line ends are no more than text; what it would evaluate, and names of its own,
 * are refused at any depth.
 */
export function checkVariables(variables: Readonly<Record<string, unknown>>, key: string): void {
  for (const name of Object.keys(variables)) {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw invalid(key, `${key}: ${JSON.stringify(name)} is no name of a variable.`, "Names have letters, digits and underscores.");
    if (reserved.test(name)) throw invalid(key, `${key}: the variable ${name} is the tool's own, or decides how it connects; clients do not set it.`);
  }
  // No recursion: how deep it is, is the client's choice.
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: variables, depth: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value === "string") checkText(value, key);
    else if (typeof value === "number") checkNumber(value, key);
    else if (typeof value === "object" && value !== null) {
      if (depth > deepest) throw invalid(key, `${key}: extra variables are nested deeper than ${deepest} levels.`);
      if (!Array.isArray(value)) Object.keys(value).forEach((name) => checkName(name, key));
      for (const item of Object.values(value)) open.push({ value: item, depth: depth + 1 });
    }
  }
}

function checkName(name: string, key: string): void {
  if (marked.test(name) || ofConnections.test(name)) throw invalid(key, `${key}: the key ${name} is the tool's own, or decides how it connects; clients do not set it.`);
  checkText(name, key);
}

function checkText(text: string, key: string): void {
  // The second turns other characters into those of a template.
  if (/\{[{%#]/.test(text) || /^\s*#jinja2:/.test(text)) throw invalid(key, `${key}: extra variables hold no templates.`, "Templates belong into the playbook.");
  if (/(?![\t\n\r])\p{Cc}/u.test(text)) throw invalid(key, `${key}: extra variables have no control characters.`);
}

/** Beyond this a number has changed already when it is read. */
function checkNumber(value: number, key: string): void {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw invalid(key, `${key}: a number is too large to be passed on unchanged.`, "Send it as text.");
}

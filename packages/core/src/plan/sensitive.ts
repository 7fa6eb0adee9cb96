import type { JobRequest, Settings } from "@distronode-runner/contract";
import { parseMapping } from "../yaml/parse-mapping.ts";
import { pythonText } from "../yaml/python-text.ts";
import { looksSecret } from "./masking.ts";

/** A value that must not show in anything the job leaves or says. */
export interface Sensitive {
  /** Where it comes from, for messages: `env/passwords#^SSH password`. */
  readonly from: string;
  readonly value: string;
}

export interface SensitiveInput {
  readonly request: JobRequest;
  readonly settings: Settings;
  readonly extravarsFile: { readonly text: string; readonly path: string } | undefined;
  readonly cmdline: readonly string[];
  /** From `env/envvars` and the request. */
  readonly envvars: Readonly<Record<string, string>>;
  /** What the tool would start with anyway. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
  /** Secrets of the plan, by name. */
  readonly secrets: ReadonlyMap<string, string>;
}

/**
 * What is masked wherever the job prints it: answers to prompts and keys; values whose names are those of credentials, at any depth, in variables of the
 * tool and of the environment and in settings; passwords in addresses. A value that is merely not shown (a variable of any other name) is not: half the text would go.
 */
export function sensitiveValues(input: SensitiveInput): readonly Sensitive[] {
  const found: Sensitive[] = [];
  for (const [name, value] of input.secrets) if (/^(env\/)?(passwords|secrets)#|^(env\/ssh_key|sshKey)$/.test(name)) found.push({ from: name, value });
  for (const [name, value] of Object.entries({ ...input.inherited, ...input.envvars })) if (value !== undefined) named(name, value, name, found);
  const { extravars, roleVars, inventory } = input.request;
  if (typeof inventory === "object") inside(inventory, "inventory", found);
  else for (const [, name, value] of (inventory ?? "").matchAll(/(\w+)\s*=\s*("[^"]*"|'[^']*'|\S+)/g)) named(name!, value!.replace(/^(["'])(.*)\1$/s, "$2"), `inventory.${name}`, found);
  if (typeof extravars === "object") inside(extravars, "extravars", found);
  if (roleVars !== undefined) inside(roleVars, "roleVars", found);
  if (input.extravarsFile !== undefined) inside(loosely(input.extravarsFile), "env/extravars", found);
  for (const word of input.cmdline) {
    const [, name, value] = /^(?:--extra-vars=|-e)?(\w+)=(.*)$/s.exec(word) ?? [];
    if (name !== undefined) named(name, value!, `cmdline ${name}`, found);
    if (/^\s*\{/.test(word)) inside(loosely({ text: word, path: "cmdline" }), "cmdline", found);
  }
  inside(input.settings, "settings", found);
  return found;
}

/** A mapping of such a name holds nothing else: `passwords: {db: ..., web: ...}`. Under others, as `auth`, there are users and hosts too. */
const collective = /PASS|SECRET|TOKEN/i;

function inside(value: unknown, from: string, found: Sensitive[], name = ""): void {
  if (Array.isArray(value)) for (const item of value) inside(item, from, found, name);
  else if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) for (const [key, item] of Object.entries(value)) inside(item, `${from}.${key}`, found, collective.test(name) ? name : key);
  else if (value !== null && value !== undefined && typeof value !== "boolean") named(name, pythonText(value), from, found);
}

function named(name: string, value: string, from: string, found: Sensitive[]): void {
  // Paths lead to secrets and are none; templates and vaulted texts are what the tool itself prints of them.
  if (looksSecret(name) && !/^[/~]|^\$ANSIBLE_VAULT|^\{\{.*\}\}$/s.test(value)) found.push({ from, value }, ...leaves(value).map((leaf) => ({ from, value: leaf })));
  for (const [, password] of value.matchAll(/:\/\/[^/@\s:]*:([^/@\s]+)@/g)) found.push({ from, value: password! });
}

/** The texts in a secret that is JSON: the tool reads it, and prints it in another way. */
function leaves(value: string): readonly string[] {
  if (!/^\s*[{[]/.test(value)) return [];
  try {
    const found: string[] = [];
    JSON.parse(value, (_key, item: unknown) => void (typeof item === "string" && found.push(item)));
    return found;
  } catch {
    return [];
  }
}

/** Nothing for what is no mapping: the tool judges it. */
function loosely({ text, path }: { readonly text: string; readonly path: string }): unknown {
  try {
    return parseMapping(text, path).value;
  } catch {
    return {};
  }
}

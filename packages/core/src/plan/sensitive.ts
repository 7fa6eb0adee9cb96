import type { JobRequest, Settings } from "@distronode-runner/contract";
import { parseForTool } from "../yaml/parse-mapping.ts";
import { pythonText } from "../yaml/python-text.ts";
import { hostsOf } from "./hosts-of.ts";
import type { ReadExtravars } from "./read-extravars.ts";
import { isOrdinaryWord, isSecretValue, suspicionOf } from "./secret-names.ts";
import { variablesIn } from "./variables-in-text.ts";

/** A value that must not show in anything the job leaves or says. */
export interface Sensitive {
  /** Where it comes from, for messages: `env/passwords#^SSH password`. */
  readonly from: string;
  readonly value: string;
  /** An ordinary word where a password is expected: it is not masked. */
  readonly ordinary?: true;
}

export interface SensitiveInput {
  readonly request: JobRequest;
  readonly settings: Settings;
  readonly extravarsFile: ReadExtravars | undefined;
  /** All words of the tool's command. */
  readonly command: readonly string[];
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
  return new Collection(input).found;
}

/** A mapping of such a name holds nothing else: `passwords: {db: ..., web: ...}`. Under others, as `auth`, there are users and hosts too. */
const collective = /PASS|SECRET|TOKEN/i;

class Collection {
  readonly found: Sensitive[] = [];
  readonly #byName: boolean;
  readonly #hosts: ReadonlySet<string>;
  readonly #known = new Set<string>();

  constructor({ request, settings, extravarsFile, command, envvars, inherited, secrets }: SensitiveInput) {
    this.#byName = settings.mask_variables_by_name ?? true;
    this.#hosts = hostsOf(request);
    for (const [name, value] of secrets) if (/^(env\/)?(passwords|secrets)#|^(env\/ssh_key|sshKey)$/.test(name)) this.found.push({ from: name, value });
    for (const [name, value] of Object.entries({ ...inherited, ...envvars })) if (value !== undefined) this.#named(name, value, name);
    const { extravars, roleVars, inventory, moduleArgs } = request;
    if (typeof inventory === "object") this.#inside(inventory, "inventory");
    else this.#text(inventory ?? "", "inventory.");
    if (typeof extravars === "object") this.#inside(extravars, "extravars");
    if (roleVars !== undefined) this.#inside(roleVars, "roleVars");
    if (extravarsFile !== undefined) this.#foreign(extravarsFile.text, extravarsFile.value, "env/extravars");
    if (moduleArgs !== undefined) this.#text(moduleArgs, "moduleArgs ");
    for (const word of command) if (word !== moduleArgs) this.#word(word);
    const { container_auth_data: auth, ...others } = settings;
    if (auth?.password !== undefined) this.found.push({ from: "settings.container_auth_data.password", value: auth.password });
    this.#inside(others, "settings");
  }

  #word(word: string): void {
    const value = word.replace(/^(?:--extra-vars=?|-e)/, "");
    if (/^\s*[{[]/.test(value)) this.#foreign(value, loosely(value), "cmdline");
    else this.#text(value, "cmdline ");
  }

  /** What is meant for the tool, which may read more than we do. */
  #foreign(text: string, value: unknown, from: string): void {
    if (value === undefined) this.#text(text, `${from}.`);
    else this.#inside(value, from);
  }

  #text(text: string, from: string): void {
    for (const [name, value] of variablesIn(text)) this.#named(name, value, `${from}${name}`);
    this.#addresses(text, from.trim());
  }

  #inside(value: unknown, from: string, name = ""): void {
    if (Array.isArray(value)) for (const item of value) this.#inside(item, from, name);
    else if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) for (const [key, item] of Object.entries(value)) this.#inside(item, `${from}.${key}`, collective.test(name) ? name : key);
    else if (value !== null && value !== undefined && typeof value !== "boolean") this.#named(name, pythonText(value), from);
  }

  #named(name: string, value: string, from: string): void {
    this.#addresses(value, from);
    const suspicion = this.#byName ? suspicionOf(name) : undefined;
    if (suspicion === undefined || this.#hosts.has(value)) return;
    if (isSecretValue(suspicion, value)) this.#add(from, value, ...leaves(value));
    else if (suspicion === "credential" && isOrdinaryWord(value)) this.found.push({ from, value, ordinary: true });
  }

  #addresses(text: string, from: string): void {
    for (const [, password] of text.matchAll(/:\/\/[^/@\s:]*:([^/@\s]+)@/g)) this.#add(from, ...new Set([password!, decoded(password!)]));
  }

  #add(from: string, ...values: readonly string[]): void {
    for (const value of values) {
      if (this.#known.has(`${from}\0${value}`)) continue;
      this.#known.add(`${from}\0${value}`);
      this.found.push({ from, value });
    }
  }
}

/** A password in an address may have escapes. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
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

/** Nothing for what cannot be read: the tool judges it. */
function loosely(text: string): unknown {
  try {
    return parseForTool(text, "").value;
  } catch {
    return undefined;
  }
}

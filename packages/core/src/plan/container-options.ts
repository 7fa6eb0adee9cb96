import { RunnerError, type ContainerChoices, type ContainerLimits, type Mount, type PullPolicy, type TmpfsMount, type Ulimit } from "@distronode-runner/contract";
import { shownText } from "./masking.ts";
import { suggest } from "../suggest.ts";
import { parseBytes } from "./bytes.ts";
import { parseMount, type MountContext } from "./mounts.ts";

/** What a list of `--container-option`s asks for. */
export interface ContainerOptions {
  readonly choices: Omit<ContainerChoices, "environment">;
  /** The container's own variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: ContainerLimits;
  readonly mounts: readonly Mount[];
  readonly labels: Readonly<Record<string, string>>;
  readonly pull?: PullPolicy;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] | undefined ? Item[] : T[K] };

interface Draft {
  readonly choices: Writable<Omit<ContainerChoices, "environment">>;
  readonly environment: Record<string, string>;
  readonly limits: Writable<ContainerLimits>;
  readonly mounts: Mount[];
  readonly labels: Record<string, string>;
  readonly capabilities: { add: string[]; drop: string[] };
  pull?: PullPolicy;
}

interface Meaning {
  /** Absent: a switch. */
  readonly apply: (draft: Draft, value: string, context: MountContext, origin: string) => void;
  readonly takesValue: boolean;
}

const valued = (apply: Meaning["apply"]): Meaning => ({ takesValue: true, apply });
const toggle = (apply: (draft: Draft, on: boolean) => void): Meaning => ({ takesValue: false, apply: (draft, value) => apply(draft, value !== "false") });
const ignored: Meaning = { takesValue: false, apply: () => {} };
const push = (list: "groups" | "extraHosts" | "dns" | "securityOptions" | "devices"): Meaning =>
  valued((draft, value) => void (draft.choices[list] = [...(draft.choices[list] ?? []), value]));
const pair = (value: string): [string, string] => [value.split("=", 1)[0]!, value.includes("=") ? value.slice(value.indexOf("=") + 1) : ""];

/** Options of `podman run` and `docker run` that have a meaning here, by their long names. */
const meanings: Readonly<Record<string, Meaning>> = {
  network: valued((draft, value) => void (draft.choices.network = value)),
  user: valued((draft, value) => void (draft.choices.user = value)),
  env: valued((draft, value, context) => {
    const [name, given] = pair(value);
    draft.environment[name] = value.includes("=") ? given : (context.environment[name] ?? "");
  }),
  memory: valued((draft, value) => void (draft.limits.memoryBytes = parseBytes(value))),
  cpus: valued((draft, value) => void (draft.limits.cpus = positive(value))),
  "pids-limit": valued((draft, value) => void (draft.limits.pids = value === "-1" || value === "0" ? -1 : positive(value))),
  "cap-add": valued((draft, value) => void draft.capabilities.add.push(value)),
  "cap-drop": valued((draft, value) => void draft.capabilities.drop.push(value)),
  privileged: toggle((draft, on) => void (draft.choices.privileged = on)),
  "security-opt": push("securityOptions"),
  userns: valued((draft, value) => void (draft.choices.userNamespace = value)),
  ipc: valued((draft, value) => void (draft.choices.ipc = value)),
  pid: valued((draft, value) => void (draft.choices.pidNamespace = value)),
  ulimit: valued((draft, value) => void (draft.choices.ulimits = [...(draft.choices.ulimits ?? []), ulimit(value)])),
  tmpfs: valued((draft, value) => void (draft.choices.tmpfs = [...(draft.choices.tmpfs ?? []), tmpfs(value)])),
  "shm-size": valued((draft, value) => void (draft.choices.shmBytes = parseBytes(value))),
  hostname: valued((draft, value) => void (draft.choices.hostname = value)),
  "add-host": push("extraHosts"),
  dns: push("dns"),
  device: push("devices"),
  "group-add": push("groups"),
  "read-only": toggle((draft, on) => void (draft.choices.readOnlyRoot = on)),
  platform: valued((draft, value) => void (draft.choices.platform = value)),
  entrypoint: valued((draft, value) => void (draft.choices.entrypoint = value === "" ? [] : [value])),
  volume: valued((draft, value, context, origin) => void draft.mounts.push(parseMount(value, origin, context))),
  label: valued((draft, value) => void Object.assign(draft.labels, Object.fromEntries([pair(value)]))),
  pull: valued((draft, value) => void (draft.pull = pullPolicy(value))),
  "http-proxy": toggle((draft, on) => void (draft.choices.proxies = on)),
  // The runner does these itself, for every job.
  rm: ignored,
  init: ignored,
  interactive: ignored,
  tty: ignored,
  quiet: ignored,
};

const short: Readonly<Record<string, string>> = { u: "user", e: "env", m: "memory", h: "hostname", v: "volume", l: "label", i: "interactive", t: "tty", q: "quiet" };
const aliases: Readonly<Record<string, string>> = { net: "network" };

/** Translates options as the engines' command lines spell them; what has no translation is refused, never dropped. */
export function parseContainerOptions(options: readonly string[], origin: string, context: MountContext): ContainerOptions {
  const draft: Draft = { choices: {}, environment: {}, limits: {}, mounts: [], labels: {}, capabilities: { add: [], drop: [] } };
  for (let at = 0; at < options.length; at += 1) {
    const text = options[at]!;
    const { name, value } = dissect(text, origin);
    const meaning = meanings[name];
    if (meaning === undefined) throw refuse(text, origin, "is not supported", suggest(name, Object.keys(meanings), `Supported: ${Object.keys(meanings).join(", ")}.`));
    if (meaning.takesValue && value === undefined && options[at + 1] === undefined) throw refuse(text, origin, "needs a value", `Write it as --container-option=--${name}=VALUE.`);
    try {
      meaning.apply(draft, meaning.takesValue ? (value ?? options[(at += 1)]!) : (value ?? "true"), context, origin);
    } catch (error) {
      throw error instanceof RangeError ? refuse(text, origin, error.message, "See the manual of `podman run` for its form.") : error;
    }
  }
  const { capabilities } = draft;
  return {
    choices: { ...draft.choices, ...(capabilities.add.length + capabilities.drop.length === 0 ? {} : { capabilities }) },
    environment: draft.environment,
    limits: draft.limits,
    mounts: draft.mounts,
    labels: draft.labels,
    ...(draft.pull === undefined ? {} : { pull: draft.pull }),
  };
}

function dissect(text: string, origin: string): { readonly name: string; readonly value: string | undefined } {
  const long = /^--([a-z][a-z-]*)(?:=([\s\S]*))?$/.exec(text);
  if (long !== null) return { name: aliases[long[1]!] ?? long[1]!, value: long[2] };
  const single = /^-([a-z])(?:=?([\s\S]+))?$/.exec(text);
  if (single !== null && short[single[1]!] !== undefined) return { name: short[single[1]!]!, value: single[2] };
  throw refuse(text, origin, "is not an option", "Write options as the engine's `run` command spells them, e.g. --network=host.");
}

function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new RangeError(`has the value ${JSON.stringify(value)}, which is not a number above 0`);
  return number;
}

function ulimit(value: string): Ulimit {
  const match = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(value);
  if (match === null) throw new RangeError("is not of the form NAME=SOFT[:HARD]");
  return { name: match[1]!, soft: Number(match[2]), hard: Number(match[3] ?? match[2]) };
}

function tmpfs(value: string): TmpfsMount {
  const [target = "", options] = value.split(/:(.*)/s);
  return { target, ...(options === undefined ? {} : { options }) };
}

function pullPolicy(value: string): PullPolicy {
  const policies: Readonly<Record<string, PullPolicy>> = { always: "always", missing: "missing", ifnotpresent: "missing", newer: "newer", never: "never", true: "always", false: "never" };
  const policy = policies[value];
  if (policy === undefined) throw new RangeError(`has the value ${JSON.stringify(value)}; policies are missing, never, always`);
  return policy;
}

function refuse(text: string, origin: string, fault: string, hint: string): RunnerError {
  return new RunnerError("REQUEST_INVALID", `The container option ${JSON.stringify(shownText(text))} ${shownText(fault)}.`, { location: { key: origin }, hint });
}

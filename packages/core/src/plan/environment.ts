import type { PlannedValue } from "@distronode-runner/contract";
import { isShown } from "./masking.ts";
import type { Secrets } from "./secrets.ts";

/** Stands for the job's private directory; the shim puts its path there. */
export const jobDirToken = "@JOB_DIR@";
/** Stands for what the image, the tool's configuration file or its defaults say of a variable; the shim puts it there. */
const configuredToken = "@CONFIGURED@";

export interface EnvironmentInput {
  /** From `env/envvars`, as text. */
  readonly envvars: Readonly<Record<string, string>>;
  /** What the tool would start with anyway: the caller's environment on the host, nothing known in a container. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
  /** Job's artifact directory as the tool sees it. */
  readonly artifactDir: string;
  readonly factCache: { readonly plugin: string; readonly directory: string };
  readonly inContainer: boolean;
  /** A module runs without a playbook. */
  readonly adHoc: boolean;
  /** Directories for roles, before those that the tool knows. */
  readonly rolesPath: readonly string[];
  readonly omitEvents: boolean;
  readonly onlyFailedEvents: boolean;
  readonly color: boolean | undefined;
  /** The tool gets a terminal (prompts are answered), which must not decide about colours. */
  readonly terminal: boolean;
  /** Where a container finds the caller's ssh agent. */
  readonly agentSocket?: string | undefined;
}

/**
 * Variables for the tool, by origin: defaults of ours < `env/envvars` < what must hold for the job to work. The user's own stdout callback is left alone: events come from a callback beside it.
 * A variable beats what `ansible.cfg` and an image say, so paths are added to those, and host keys are left unchecked only where neither has a word.
 */
export function planEnvironment(input: EnvironmentInput, secrets: Secrets): Record<string, PlannedValue> {
  const environment: Record<string, PlannedValue> = {};
  const set = (values: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(values)) environment[name] = { value };
  };
  const envvars = withTwins(input.envvars);
  const given = (name: string): string | undefined => envvars[name] ?? input.inherited[name] ?? input.inherited[twin(name)];

  set({
    ...(input.inContainer ? { ANSIBLE_UNSAFE_WRITES: "1" } : {}),
    ...(input.agentSocket === undefined ? {} : { SSH_AUTH_SOCK: input.agentSocket }),
    ...(given("ANSIBLE_HOST_KEY_CHECKING") === undefined ? { ANSIBLE_HOST_KEY_CHECKING: configuredToken } : {}),
    ...colours(input, given),
    RUNNER_OMIT_EVENTS: input.omitEvents ? "True" : "False",
    RUNNER_ONLY_FAILED_EVENTS: input.onlyFailedEvents ? "True" : "False",
    ...(input.adHoc && given("AD_HOC_COMMAND_ID") === undefined ? { AD_HOC_COMMAND_ID: "1" } : {}),
  });
  if (input.inContainer) set(cache(input, given));

  for (const [name, value] of Object.entries(envvars)) {
    environment[name] = isShown(name, value) ? { value } : secrets.keep(`env/envvars#${name}`, value);
  }

  const roles = [...input.rolesPath, given("ANSIBLE_ROLES_PATH") ?? configuredToken].filter((path) => path !== "");
  const callbacks = given("ANSIBLE_CALLBACK_PLUGINS");
  const forced = {
    ...(input.inContainer ? {} : cache(input, given)),
    ...stdoutCallback(given),
    ANSIBLE_CALLBACK_PLUGINS: [callbacks ?? configuredToken, `${jobDirToken}/callback`].filter((path) => path !== "").join(":"),
    ANSIBLE_RETRY_FILES_ENABLED: "False",
    ...(input.adHoc ? { ANSIBLE_LOAD_CALLBACK_PLUGINS: "1" } : {}),
    ...(input.rolesPath.length === 0 ? {} : { ANSIBLE_ROLES_PATH: roles.join(":") }),
    AWX_ISOLATED_DATA_DIR: input.inContainer ? (envvars["AWX_ISOLATED_DATA_DIR"] ?? input.artifactDir) : input.artifactDir,
  };
  set(forced);
  for (const name of Object.keys(forced)) if (twin(name) !== name) delete environment[twin(name)];
  return environment;
}

/**
 * A variable of the tool goes by two prefixes. Whoever wrote `DISTRONODE_X` means `ANSIBLE_X` too, whichever tool is found; the other way round the shim
 * sees to it, when the tool is a `distronode-*` one.
 */
function withTwins(envvars: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const twins = Object.entries(envvars).filter(([name]) => name.startsWith("DISTRONODE_") && !name.startsWith("DISTRONODE_RUNNER_"));
  return { ...Object.fromEntries(twins.map(([name, value]) => [name.replace("DISTRONODE", "ANSIBLE"), value])), ...envvars };
}

const twin = (name: string): string => name.replace(/^ANSIBLE_/, "DISTRONODE_");

/** The peer's own callback, still named by somebody: events come without it, and the text from the callback that it would have wrapped. */
function stdoutCallback(given: (name: string) => string | undefined): Record<string, string> {
  return given("ANSIBLE_STDOUT_CALLBACK") === "awx_display" ? { ANSIBLE_STDOUT_CALLBACK: given("ORIGINAL_STDOUT_CALLBACK") ?? "default" } : {};
}

/** Colours when they are asked for. Without a word, pipes have none, and so has a terminal that is there for prompts. */
function colours(input: EnvironmentInput, given: (name: string) => string | undefined): Record<string, string> {
  if (input.color === true) return { ANSIBLE_FORCE_COLOR: "1" };
  const decided = given("ANSIBLE_FORCE_COLOR") !== undefined || given("ANSIBLE_NOCOLOR") !== undefined;
  return input.color === false || (input.terminal && !decided) ? { ANSIBLE_NOCOLOR: "1" } : {};
}

/** Only the `jsonfile` cache is sure to want a directory: others get what the user says, if anything. */
function cache({ factCache }: EnvironmentInput, given: (name: string) => string | undefined): Record<string, string> {
  const theirs = factCache.plugin !== "jsonfile" && given("ANSIBLE_CACHE_PLUGIN_CONNECTION") !== undefined;
  return { ANSIBLE_CACHE_PLUGIN: factCache.plugin, ...(theirs ? {} : { ANSIBLE_CACHE_PLUGIN_CONNECTION: factCache.directory }) };
}

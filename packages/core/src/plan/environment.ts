import type { PlannedValue } from "@distronode-runner/contract";
import { isShown } from "./masking.ts";

/** Stands for the job's private directory; the shim puts its path there. */
export const jobDirToken = "@JOB_DIR@";

export interface EnvironmentInput {
  /** From `env/envvars`, as text. */
  readonly envvars: Readonly<Record<string, string>>;
  /** What the tool would start with anyway: the caller's environment on the host, nothing known in a container. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
  /** Job's artifact directory as the tool sees it. */
  readonly artifactDir: string;
  readonly factCache: { readonly plugin: string; readonly directory: string };
  readonly inContainer: boolean;
  readonly color: boolean | undefined;
}

/**
 * Variables for the tool, by origin: defaults of ours < `env/envvars` < what must hold for the job to work. `secrets` has the values that
 * the plan only names. The user's own stdout callback is left alone: events come from a callback beside it.
 */
export function planEnvironment(input: EnvironmentInput): { readonly environment: Record<string, PlannedValue>; readonly secrets: Map<string, string> } {
  const secrets = new Map<string, string>();
  const environment: Record<string, PlannedValue> = {};
  const set = (values: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(values)) environment[name] = { value };
  };
  const given = (name: string): string | undefined => input.envvars[name] ?? input.inherited[name];

  set({
    ...(input.inContainer ? { ANSIBLE_UNSAFE_WRITES: "1" } : {}),
    ...(given("ANSIBLE_HOST_KEY_CHECKING") === undefined ? { ANSIBLE_HOST_KEY_CHECKING: "False" } : {}),
    ...(input.color === undefined ? {} : input.color ? { ANSIBLE_FORCE_COLOR: "1" } : { ANSIBLE_NOCOLOR: "1" }),
    RUNNER_OMIT_EVENTS: "False",
    RUNNER_ONLY_FAILED_EVENTS: "False",
  });
  if (input.inContainer) set(cache(input));

  for (const [name, value] of Object.entries(input.envvars)) {
    if (isShown(name, value)) {
      environment[name] = { value };
    } else {
      const secret = `env/envvars#${name}`;
      environment[name] = { secret };
      secrets.set(secret, value);
    }
  }

  const callbacks = given("ANSIBLE_CALLBACK_PLUGINS");
  set({
    ...(input.inContainer ? {} : cache(input)),
    ANSIBLE_CALLBACK_PLUGINS: `${callbacks === undefined || callbacks === "" ? "" : `${callbacks}:`}${jobDirToken}/callback`,
    ANSIBLE_RETRY_FILES_ENABLED: "False",
    AWX_ISOLATED_DATA_DIR: input.inContainer ? (input.envvars["AWX_ISOLATED_DATA_DIR"] ?? input.artifactDir) : input.artifactDir,
  });
  return { environment, secrets };
}

function cache(input: EnvironmentInput): Record<string, string> {
  return {
    ANSIBLE_CACHE_PLUGIN: input.factCache.plugin,
    ANSIBLE_CACHE_PLUGIN_CONNECTION: input.factCache.directory,
  };
}

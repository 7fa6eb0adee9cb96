export type Environment = Readonly<Record<string, string | undefined>>;

/** A default from the environment, `DISTRONODE_RUNNER_<NAME>` before `RUNNER_<NAME>` as `ansible-runner` has it. Empty counts as unset. */
export function fromEnvironment(name: string, environment: Environment): { readonly name: string; readonly value: string } | undefined {
  return firstSet([`DISTRONODE_RUNNER_${name}`, `RUNNER_${name}`], environment);
}

/** Where roles are, as the environment says it. */
export function rolesPathOf(environment: Environment): { readonly name: string; readonly value: string } | undefined {
  return firstSet(["DISTRONODE_RUNNER_ROLES_PATH", "DISTRONODE_ROLES_PATH", "ANSIBLE_ROLES_PATH"], environment);
}

function firstSet(names: readonly string[], environment: Environment): { readonly name: string; readonly value: string } | undefined {
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined && value !== "") return { name, value };
  }
  return undefined;
}

import type { Engine, PlannedValue } from "@distronode-runner/contract";
import type { Planned } from "@distronode-runner/core";

/**
 * A job in a container has the proxies that the engine's own command line would have given it. They travel with the job's other variables and are not in the
 * container's configuration, because an address may hold a password.
 */
export function withProxies(planned: Planned, { proxies = {} }: Pick<Engine, "proxies">): Planned {
  const { execution, environment } = planned.plan;
  if (execution.kind !== "container" || execution.options.proxies === false) return planned;
  const given = { ...execution.options.environment, ...environment };
  const added = Object.entries(proxies).filter(([name, value]) => value !== "" && given[name] === undefined);
  if (added.length === 0) return planned;
  const from = (name: string): string => `proxies#${name}`;
  const passwords = added.flatMap(([name, value]) => [...value.matchAll(/:\/\/[^/@\s:]*:([^/@\s]+)@/g)].map(([, password]) => ({ from: from(name), value: password! })));
  return {
    ...planned,
    plan: Object.freeze({ ...planned.plan, environment: { ...environment, ...Object.fromEntries(added.map(([name]): [string, PlannedValue] => [name, { secret: from(name) }])) } }),
    secrets: new Map([...planned.secrets, ...added.map(([name, value]) => [from(name), value] as const)]),
    sensitive: [...planned.sensitive, ...passwords],
  };
}

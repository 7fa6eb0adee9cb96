import type { ContainerSpec, Engine, Host, PlannedValue } from "@distronode-runner/contract";
import type { Planned } from "@distronode-runner/core";

/**
 * What the engine is asked to make. The container's configuration carries no variable of the job, those travel over stdin, but one that the entrypoints
 * of execution environments look for: where they may leave `ansible_version.txt` and `collections.json`.
 * On the host a name means nothing, and jobs of two data directories may have the same ident.
 * The user is the caller, so that artifacts belong to the caller; container_options may say otherwise. Beside the caller's own group it has root's, as a user has for
 * which docker was told no group: images for any user let that group write, to their home above all.
 */
export function containerSpec({ plan, secrets }: Planned, command: readonly string[], engine: Engine, host: Host): ContainerSpec {
  const { execution } = plan;
  if (execution.kind === "host") {
    return { name: `host_${plan.ident}_${host.uuid()}`, image: "", command, environment: {}, mounts: [], labels: plan.labels, ...(execution.sandbox === undefined ? {} : { sandbox: execution.sandbox }) };
  }
  const { environment = {}, proxies: _proxies, groups, user, ...options } = execution.options;
  const artifacts = plan.environment["AWX_ISOLATED_DATA_DIR"];
  const reveal = (value: PlannedValue): string => ("value" in value ? value.value : (secrets.get(value.secret) ?? ""));
  const asked = Object.entries(environment).map(([name, value]) => [name, reveal(value)]);
  const caller = engine.supports.rootIsCaller ? { user: "0:0", groups } : { user: `${host.uid}:${host.gid}`, groups: ["0", ...(groups ?? [])] };
  const asking = user === undefined ? caller : { user, groups };
  return {
    ...options,
    user: asking.user,
    ...(asking.groups === undefined ? {} : { groups: asking.groups }),
    name: execution.containerName,
    image: execution.image,
    command,
    environment: { ...(artifacts !== undefined && "value" in artifacts ? { AWX_ISOLATED_DATA_DIR: artifacts.value } : {}), ...Object.fromEntries(asked) },
    mounts: execution.mounts,
    labels: plan.labels,
    ...(execution.limits === undefined ? {} : { limits: execution.limits }),
  };
}

import type { ContainerSpec, Engine, Host, PlannedValue } from "@distronode-runner/contract";
import type { Planned } from "@distronode-runner/core";

/**
 * What the engine is asked to make. The container's configuration carries no variable of the job, those travel over stdin, but one that the entrypoints
 * of execution environments look for: where they may leave `ansible_version.txt` and `collections.json`.
 * On the host a name means nothing, and jobs of two data directories may have the same ident.
 * The user is the caller, so that artifacts belong to the caller; container_options may say otherwise.
 */
export function containerSpec({ plan, secrets }: Planned, command: readonly string[], engine: Engine, host: Host): ContainerSpec {
  const { execution } = plan;
  if (execution.kind === "host") {
    return { name: `host_${plan.ident}_${host.uuid()}`, image: "", command, environment: {}, mounts: [], labels: plan.labels, ...(execution.sandbox === undefined ? {} : { sandbox: execution.sandbox }) };
  }
  const artifacts = plan.environment["AWX_ISOLATED_DATA_DIR"];
  const reveal = (value: PlannedValue): string => ("value" in value ? value.value : (secrets.get(value.secret) ?? ""));
  const asked = Object.entries(execution.options.environment ?? {}).map(([name, value]) => [name, reveal(value)]);
  return {
    user: engine.supports.rootIsCaller ? "0:0" : `${host.uid}:${host.gid}`,
    ...execution.options,
    name: execution.containerName,
    image: execution.image,
    command,
    environment: { ...(artifacts !== undefined && "value" in artifacts ? { AWX_ISOLATED_DATA_DIR: artifacts.value } : {}), ...Object.fromEntries(asked) },
    mounts: execution.mounts,
    labels: plan.labels,
    ...(execution.limits === undefined ? {} : { limits: execution.limits }),
  };
}

import type { ContainerSpec, Engine, Host, JobPlan } from "@distronode-runner/contract";

/**
 * What the engine is asked to make. The container's configuration carries no variable of the job: those travel over stdin.
 * The user is the caller, so that artifacts belong to the caller; container_options may say otherwise.
 */
export function containerSpec(plan: JobPlan, command: readonly string[], engine: Engine, host: Host): ContainerSpec {
  const { execution } = plan;
  if (execution.kind === "host") {
    return { name: `host_${plan.ident}`, image: "", command, environment: {}, mounts: [], labels: plan.labels, ...(execution.sandbox === undefined ? {} : { sandbox: execution.sandbox }) };
  }
  return {
    user: engine.supports.rootIsCaller ? "0:0" : `${host.uid}:${host.gid}`,
    ...execution.options,
    name: execution.containerName,
    image: execution.image,
    command,
    environment: execution.options.environment ?? {},
    mounts: execution.mounts,
    labels: plan.labels,
    ...(execution.limits === undefined ? {} : { limits: execution.limits }),
  };
}

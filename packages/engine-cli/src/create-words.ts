import type { ContainerSpec } from "@distronode-runner/contract";

/**
 * A specification in the words of `docker create`, which podman and nerdctl take as well. Ids of SELinux (`relabel`) are left alone: `--mount` has no word
 * for them. Nothing is pulled, stdin stays open, and the engine keeps no log.
 */
export function createWords(spec: ContainerSpec): string[] {
  const [entrypoint, ...before] = spec.entrypoint ?? [];
  const flags: Record<string, string | number | readonly string[] | undefined> = {
    "--name": spec.name,
    "--label": pairs(spec.labels),
    "--env": pairs(spec.environment),
    "--workdir": spec.workdir,
    "--mount": spec.mounts.map(({ source, target, readOnly }) => ["type=bind", `source=${source}`, `target=${target}`, ...(readOnly ? ["readonly"] : [])].map(quoted).join(",")),
    "--tmpfs": spec.tmpfs?.map(({ target, options }) => (options === undefined ? target : `${target}:${options}`)),
    "--user": spec.user,
    "--group-add": spec.groups,
    "--network": spec.network,
    "--hostname": spec.hostname,
    "--add-host": spec.extraHosts,
    "--dns": spec.dns,
    "--memory": spec.limits?.memoryBytes,
    "--cpus": spec.limits?.cpus,
    "--pids-limit": spec.limits?.pids,
    "--cap-add": spec.capabilities?.add,
    "--cap-drop": spec.capabilities?.drop,
    "--security-opt": spec.securityOptions,
    "--userns": spec.userNamespace,
    "--ipc": spec.ipc,
    "--pid": spec.pidNamespace,
    "--device": spec.devices,
    "--ulimit": spec.ulimits?.map(({ name, soft, hard }) => `${name}=${soft}:${hard}`),
    "--shm-size": spec.shmBytes,
    "--platform": spec.platform,
    "--entrypoint": entrypoint,
  };
  const words = Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [value].flat().map((one) => `${flag}=${one}`)));
  return ["--interactive", "--pull=never", "--log-driver=none", ...words, ...(spec.privileged === true ? ["--privileged"] : []), ...(spec.readOnlyRoot === true ? ["--read-only"] : []), spec.image, ...before, ...spec.command];
}

const pairs = (values: Readonly<Record<string, string>>): string[] => Object.entries(values).map(([name, value]) => `${name}=${value}`);

/** A field as CSV has it: paths may have commas. */
const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

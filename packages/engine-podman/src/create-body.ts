import type { ContainerSpec } from "@distronode-runner/contract";
import { parsePlatform } from "@distronode-runner/engine-http";
import { namespaceOf, networkOf } from "./namespaces.ts";
import { securityOf } from "./security.ts";

/** Body of `POST /libpod/containers/create`. */
export type CreateBody = Readonly<Record<string, unknown>>;

/**
 * A specification in libpod's words. Stdin stays open until the attachment closes it. No log is kept: what a container says goes to
 * its attachment and nowhere else. Podman never removes the container by itself: that would take the exit code along.
 */
export function createBody(spec: ContainerSpec): CreateBody {
  const platform = spec.platform === undefined ? undefined : parsePlatform(spec.platform);
  return withoutUndefined({
    name: spec.name,
    image: spec.image,
    command: spec.command,
    entrypoint: spec.entrypoint,
    env: spec.environment,
    work_dir: spec.workdir,
    labels: spec.labels,
    user: spec.user,
    groups: spec.groups,
    hostname: spec.hostname,
    stdin: true,
    terminal: false,
    remove: false,
    log_configuration: { driver: "none" },
    mounts: [...spec.mounts.filter((mount) => mount.overlay !== true).map(bindMount), ...[...(spec.tmpfs ?? []), ...scratch(spec)].map(tmpfsMount)],
    overlay_volumes: overlays(spec),
    ...networkOf(spec.network),
    hostadd: spec.extraHosts,
    dns_server: spec.dns,
    resource_limits: limitsOf(spec),
    cap_add: spec.capabilities?.add,
    cap_drop: spec.capabilities?.drop,
    privileged: spec.privileged,
    ...securityOf(spec.securityOptions ?? []),
    userns: namespaceOf(spec.userNamespace),
    ipcns: namespaceOf(spec.ipc),
    pidns: namespaceOf(spec.pidNamespace),
    devices: spec.devices?.map((path) => ({ path })),
    r_limits: spec.ulimits?.map(({ name, soft, hard }) => ({ type: name, soft: resourceLimit(soft), hard: resourceLimit(hard) })),
    shm_size: spec.shmBytes,
    read_only_filesystem: spec.readOnlyRoot,
    image_os: platform?.os,
    image_arch: platform?.architecture,
    image_variant: platform?.variant,
  });
}

/** `RLIM_INFINITY`, which is no number that JavaScript has. */
function resourceLimit(value: number): unknown {
  return value === -1 ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON("18446744073709551615") : value;
}

const relabelOptions = { none: [], private: ["Z"], shared: ["z"] } as const;

function bindMount({ source, target, readOnly, relabel }: ContainerSpec["mounts"][number]): object {
  return { type: "bind", source, destination: target, options: ["rbind", readOnly ? "ro" : "rw", ...relabelOptions[relabel]] };
}

function overlays(spec: ContainerSpec): object[] | undefined {
  const mounts = spec.mounts.filter((mount) => mount.overlay === true);
  return mounts.length === 0 ? undefined : mounts.map(({ source, target }) => ({ source, destination: target, options: ["O"] }));
}

/** What podman's command line mounts beside a root that is read-only, where nothing else is. */
function scratch({ readOnlyRoot, mounts, tmpfs = [] }: ContainerSpec): NonNullable<ContainerSpec["tmpfs"]> {
  if (readOnlyRoot !== true) return [];
  return ["/tmp", "/var/tmp", "/run"].filter((target) => ![...mounts, ...tmpfs].some((mount) => mount.target === target)).map((target) => ({ target }));
}

function tmpfsMount({ target, options }: NonNullable<ContainerSpec["tmpfs"]>[number]): object {
  return { type: "tmpfs", source: "tmpfs", destination: target, options: options === undefined ? ["rw", "nosuid", "nodev", "tmpcopyup"] : options.split(",") };
}

/** A share of the processors is a quota of each tenth of a second. */
function limitsOf({ limits }: ContainerSpec): object | undefined {
  if (limits === undefined) return undefined;
  const period = 100_000;
  const fields = withoutUndefined({
    memory: limits.memoryBytes === undefined ? undefined : { limit: limits.memoryBytes },
    cpu: limits.cpus === undefined ? undefined : { period, quota: Math.round(limits.cpus * period) },
    pids: limits.pids === undefined ? undefined : { limit: limits.pids },
  });
  // Rootless podman warns of limits when it gets the field, whatever is in it.
  return Object.keys(fields).length === 0 ? undefined : fields;
}

function withoutUndefined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

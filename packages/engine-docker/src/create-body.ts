import type { ContainerSpec, Mount } from "@distronode-runner/contract";

/** Body of `POST /containers/create`. */
export interface CreateBody {
  readonly [field: string]: unknown;
  readonly HostConfig: Readonly<Record<string, unknown>>;
}

/**
 * A specification in Docker's words. Stdin stays open until the first attachment closes it. The daemon keeps no log: what a container
 * says goes to its attachment and nowhere else. It never removes the container by itself: that would take the exit code along.
 */
export function createBody(spec: ContainerSpec): CreateBody {
  const relabelled = spec.mounts.filter(needsBindString);
  const mounts = spec.mounts.filter((mount) => !needsBindString(mount));
  return withoutUndefined({
    Image: spec.image,
    Cmd: spec.command,
    Entrypoint: spec.entrypoint,
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    WorkingDir: spec.workdir,
    Labels: spec.labels,
    User: spec.user,
    Hostname: spec.hostname,
    Tty: false,
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: withoutUndefined({
      AutoRemove: false,
      RestartPolicy: { Name: "no" },
      LogConfig: { Type: "none", Config: {} },
      Mounts: mounts.map(bindMount),
      Binds: relabelled.length === 0 ? undefined : relabelled.map(bindString),
      NetworkMode: spec.network,
      GroupAdd: spec.groups,
      ExtraHosts: spec.extraHosts,
      Dns: spec.dns,
      Memory: spec.limits?.memoryBytes,
      NanoCpus: spec.limits?.cpus === undefined ? undefined : Math.round(spec.limits.cpus * 1e9),
      PidsLimit: spec.limits?.pids,
      CapAdd: spec.capabilities?.add,
      CapDrop: spec.capabilities?.drop,
      Privileged: spec.privileged,
      SecurityOpt: spec.securityOptions,
      UsernsMode: spec.userNamespace,
      IpcMode: spec.ipc,
      PidMode: spec.pidNamespace,
      Devices: spec.devices?.map(device),
      Tmpfs: spec.tmpfs === undefined ? undefined : Object.fromEntries(spec.tmpfs.map(({ target, options }) => [target, options ?? ""])),
      Ulimits: spec.ulimits?.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
      ShmSize: spec.shmBytes,
      ReadonlyRootfs: spec.readOnlyRoot,
    }),
  });
}

/** Things a specification asks for and Docker can not do. */
export function createWarnings(spec: ContainerSpec): string[] {
  return spec.mounts
    .filter((mount) => mount.relabel !== "none" && !needsBindString(mount))
    .map((mount) => `${mount.source} is mounted without an SELinux label: Docker can not relabel paths with a colon.`);
}

/** Docker's mount objects have no SELinux label; its bind strings have, but can not hold a path with a colon. */
function needsBindString(mount: Mount): boolean {
  return mount.relabel !== "none" && !`${mount.source}${mount.target}`.includes(":");
}

function bindString({ source, target, readOnly, relabel }: Mount): string {
  return `${source}:${target}:${readOnly ? "ro" : "rw"},${relabel === "private" ? "Z" : "z"}`;
}

function bindMount({ source, target, readOnly }: Mount): object {
  return { Type: "bind", Source: source, Target: target, ReadOnly: readOnly };
}

/** `host[:container[:permissions]]`. */
function device(text: string): object {
  const [host = "", second, third] = text.split(":");
  const target = second?.startsWith("/") === true ? second : host;
  return { PathOnHost: host, PathInContainer: target, CgroupPermissions: third ?? (second?.startsWith("/") === false ? second : "rwm") };
}

function withoutUndefined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

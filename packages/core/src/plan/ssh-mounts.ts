import { basename, join } from "node:path";
import type { Mount } from "@distronode-runner/contract";
import type { SshDirectory } from "../data-dir/read-ssh-directory.ts";
import type { Probe } from "../data-dir/snapshot.ts";
import { below } from "./path-map.ts";

/** Where a container's ssh looks: at the home of root, or of the user that execution environments have. */
const homes = ["/root/.ssh", "/home/runner/.ssh"];
const knownHosts = "/etc/ssh/ssh_known_hosts";
const agentTarget = "/run/ssh-agent.sock";

export interface SshMountsInput {
  readonly executable: string;
  /** Nothing where the settings say no. */
  readonly directory: SshDirectory | undefined;
  /** The caller's `SSH_AUTH_SOCK`. */
  readonly agentSocket: string | undefined;
  readonly probe: Probe;
  /** Mounts that the user asked for: where one is, none of ours goes. */
  readonly asked: readonly Mount[];
}

export interface SshMounts {
  readonly mounts: readonly Mount[];
  /** `SSH_AUTH_SOCK` in the container. */
  readonly agentSocket?: string;
  readonly warnings: readonly string[];
}

/** The caller's ssh as a job in a container sees it: `~/.ssh` and the known hosts read-only, the agent. For tools that connect to hosts. */
export function planSshMounts({ executable, directory, agentSocket, probe, asked }: SshMountsInput): SshMounts {
  if (!/^(ansible|distronode)(-playbook|-console|-pull)?$/.test(basename(executable))) return { mounts: [], warnings: [] };
  const free = (mount: Mount): boolean => !asked.some(({ target }) => below(target, mount.target) !== undefined);
  const socket = agentSocket !== undefined && agentSocket !== "" && probe(agentSocket) !== "missing" ? agentSocket : undefined;
  const mounts = [
    ...(directory === undefined ? [] : [...new Set([...homes, directory.path])].flatMap((home) => directoryMounts(directory, home))),
    ...(probe(knownHosts) === "file" ? [readOnly(knownHosts, knownHosts)] : []),
    ...(socket === undefined ? [] : [{ ...readOnly(socket, agentTarget), readOnly: false }]),
  ];
  return {
    mounts: mounts.filter(free),
    ...(socket === undefined ? {} : { agentSocket: agentTarget }),
    warnings: [
      ...(directory?.broken ?? []).map((path) => `${path} leads to nothing and is not shown in the container.`),
      ...(agentSocket !== undefined && agentSocket !== "" && socket === undefined ? [`SSH_AUTH_SOCK names ${agentSocket}, which does not exist: the job has no ssh agent.`] : []),
    ],
  };
}

function directoryMounts({ path, entries }: SshDirectory, home: string): readonly Mount[] {
  return entries === undefined ? [readOnly(path, home)] : Object.entries(entries).map(([name, source]) => readOnly(source, join(home, name)));
}

// Never relabelled: these are the user's own files, and other programs need them too.
const readOnly = (source: string, target: string): Mount => ({ source, target, readOnly: true, relabel: "none" });

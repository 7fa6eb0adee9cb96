/** A trap that keeps engines from running containers: how it shows, what it is, what to do. */
export interface Trouble {
  readonly pattern: RegExp;
  readonly cause: string;
  readonly remedy: string;
  /** What an engine said; tests replay it. */
  readonly sample: string;
}

const withoutNetwork = "or give jobs the host's network: --container-option=--network=host";

/** The most telling first. */
export const troubles: readonly Trouble[] = [
  {
    pattern: /\/dev\/net\/tun/,
    cause: "The network of a container without root needs /dev/net/tun, which this user may not open.",
    remedy: `As root: modprobe tun && chmod 0666 /dev/net/tun; ${withoutNetwork}.`,
    sample: 'slirp4netns failed: "open("/dev/net/tun"): Permission denied',
  },
  {
    pattern: /(slirp4netns|pasta).*(not found|no such file|could not find|not installed)|(could not find|unable to find|no such file).*(slirp4netns|pasta)/i,
    cause: "The program that gives containers without root a network is not installed.",
    remedy: `Install slirp4netns or passt; ${withoutNetwork}.`,
    sample: 'could not find slirp4netns, the network namespace can\'t be configured: exec: "slirp4netns": executable file not found in $PATH',
  },
  {
    pattern: /newuidmap|newgidmap|subuid|subgid|insufficient UIDs|no subordinate|uid_map|gid_map/i,
    cause: "This user has no subordinate ids, or the programs that map them are not installed.",
    remedy: "Install uidmap (shadow-utils), then as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER; then run podman system migrate.",
    sample: 'command required for rootless mode with multiple IDs: exec: "newuidmap": executable file not found in $PATH',
  },
  {
    pattern: /rlimit|RLIMIT/,
    cause: "The engine sets limits of processes that are higher than this machine allows.",
    remedy: 'In containers.conf, below [containers]: default_ulimits = ["nofile=N:N", "nproc=N:N"] with what ulimit -Hn and ulimit -Hu say.',
    sample: "runc create failed: unable to start container process: error setting rlimits for ready process: error setting rlimit type 6: operation not permitted",
  },
  {
    pattern: /cgroup|sd-bus|systemd|dbus/i,
    cause: "The control groups of this machine are not what the engine expects.",
    remedy: 'In containers.conf, below [engine]: cgroup_manager = "cgroupfs" where no systemd session is, and runtime = "runc" beside cgroups of version 1.',
    sample: "crun: invalid file system type on '/sys/fs/cgroup': OCI runtime error",
  },
  {
    pattern: /netavark|iptables|nft|bridge|CNI|aardvark/i,
    cause: "The engine cannot make its network.",
    remedy: `Install what it names (netavark, aardvark-dns, iptables); ${withoutNetwork}.`,
    sample: "netavark: iptables: command not found",
  },
  {
    pattern: /overlay|fuse|storage|graph driver|mount program|no space left/i,
    cause: "The engine cannot make the file system of a container.",
    remedy: "Look at its free space and at storage.conf: driver = \"overlay\" with fuse-overlayfs installed, or driver = \"vfs\", which is slow.",
    sample: "creating overlay mount to /home/u/.local/share/containers/storage/overlay/x/merged: using mount program /usr/bin/fuse-overlayfs: fuse: device not found",
  },
  {
    pattern: /(runc|crun|conmon|OCI runtime).*(not found|no such file|could not find)|could not find a working conmon/i,
    cause: "A program that the engine needs to run containers is not installed.",
    remedy: "Install what it names: conmon, and runc or crun.",
    sample: "could not find a working conmon binary (configured options: [/usr/bin/conmon]: invalid argument)",
  },
];

/** What is behind the message of an engine, if it is known. */
export function troubleIn(message: string): Trouble | undefined {
  return troubles.find(({ pattern }) => pattern.test(message));
}

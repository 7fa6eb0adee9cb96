import type { Machine } from "./machine.ts";

/** First line of the files we write: one that begins otherwise is somebody's, and stays as it is. */
export const ours = "# Written by Distronode Runner's tooling because podman could not run a container with its defaults.";

/** Settings with which podman runs where its defaults fail: small limits, hybrid cgroups, no systemd. */
export function containersConf(machine: Machine): string {
  return [
    ours,
    "# Delete it to have them back.",
    "[containers]",
    "# The default asks for more open files than this machine allows.",
    `default_ulimits = ["nofile=${machine.openFiles}:${machine.openFiles}", "nproc=4096:4096"]`,
    "",
    "[engine]",
    ...(machine.hybridCgroups ? ["# crun refuses a version 2 cgroup tree beside version 1.", 'runtime = "runc"'] : []),
    ...(machine.systemd ? [] : ["# Both defaults want systemd.", 'cgroup_manager = "cgroupfs"', 'events_logger = "file"']),
    "",
  ].join("\n");
}

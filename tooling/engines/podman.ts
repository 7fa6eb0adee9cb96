import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ensurePackages } from "./apt.ts";
import { command } from "./command.ts";
import { containersConf, ours } from "./containers-conf.ts";
import { findProgram } from "./find-program.ts";
import { lookAtMachine } from "./machine.ts";
import { Unavailable } from "./unavailable.ts";

const systemConf = "/etc/containers/containers.conf";

// What podman only recommends, and needs for networks and for users other than root.
const packages = ["podman", "runc", "conmon", "netavark", "aardvark-dns", "iptables", "uidmap", "slirp4netns"];

export async function ensurePodman(say: (line: string) => void): Promise<void> {
  if (findProgram("podman") === undefined) await ensurePackages({ packages, reason: "running jobs in podman" }, say);
}

/**
 * A podman that answers may still be unable to start anything, so a container is run, and the known traps are seen to. What it gives are options with which containers
 * run where they would not without.
 */
export async function provePodman(image: string, say: (line: string) => void): Promise<readonly string[]> {
  const first = await probe(image);
  if (first === undefined) return [];
  if ((await probe(image, hostNetwork)) === undefined) {
    say("podman cannot give a container a network of its own:");
    say(`  ${readable(first)}`);
    say(`so the jobs get this machine's: ${hostNetwork}`);
    return [hostNetwork];
  }
  const machine = await lookAtMachine();
  const conf = containersConf(machine);
  if (process.getuid?.() !== 0) throw new Unavailable(`podman could not run a container:\n${readable(first)}\nWhat keeps it, and what to do about it: ./pnpmw distronode-runner doctor --try ${image}\nThis in ~/.config/containers/containers.conf may help:\n\n${conf}`);
  if (foreign(systemConf)) throw new Unavailable(`podman could not run a container:\n${first}\n${systemConf} exists and is left alone; these settings in it may help:\n\n${conf}`);
  if (machine.hybridCgroups && findProgram("runc") === undefined) await ensurePackages({ packages: ["runc"], reason: "podman on this machine's cgroups" }, say);
  say(`podman cannot run a container with its defaults; writing ${systemConf}`);
  mkdirSync(dirname(systemConf), { recursive: true });
  writeFileSync(systemConf, conf);
  const second = await probe(image);
  if (second === undefined) return [];
  throw new Unavailable(`podman could not run a container, also with the settings now in ${systemConf}:\n${second}`);
}

const hostNetwork = "--network=host";

/** Programs that podman calls are quoted by it with all their line ends. */
const readable = (said: string): string => said.replaceAll('\\"', '"').replaceAll("\\n", "\n  ").trim();

/** Undefined when a container ran, else what podman said. */
async function probe(image: string, ...options: readonly string[]): Promise<string | undefined> {
  const ended = await command(["podman", "run", "--rm", "--pull=missing", ...options, image, "true"], { timeoutSeconds: 60 });
  return ended.code === 0 ? undefined : ended.stderr.trim() || `exit code ${ended.code}`;
}

function foreign(path: string): boolean {
  try {
    return !readFileSync(path, "utf8").startsWith(ours);
  } catch {
    return false;
  }
}

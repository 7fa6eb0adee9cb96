import { ensurePackages } from "./apt.ts";
import type { Cleanup } from "./cleanup.ts";
import { command } from "./command.ts";
import { startDockerd } from "./dockerd.ts";
import { findProgram } from "./find-program.ts";
import { Unavailable } from "./unavailable.ts";

const usualHost = "unix:///var/run/docker.sock";

/** Finds a docker daemon, or starts one that the cleanup stops. Returns its address, for DOCKER_HOST. */
export async function ensureDocker(cleanup: Cleanup, say: (line: string) => void): Promise<string> {
  const host = process.env["DOCKER_HOST"] || usualHost;
  if (findProgram("docker") === undefined) await ensurePackages({ packages: ["docker.io"], reason: "running jobs in docker" }, say);
  // In newer Debian releases the daemon's package does not bring the client.
  if (findProgram("docker") === undefined) await ensurePackages({ packages: ["docker-cli"], reason: "talking to docker" }, say);
  if (await answers(host)) return host;
  if (process.env["DOCKER_HOST"]) throw new Unavailable(`No docker daemon answers at ${host} (DOCKER_HOST). Start it or unset the variable.`);
  // A docker command without a daemon is common: a client for daemons elsewhere.
  if (findProgram("dockerd") === undefined) await ensurePackages({ packages: ["docker.io", "iptables"], reason: "a docker daemon" }, say);
  // With systemd the installation has just started it.
  if (await answers(host)) return host;
  if (process.getuid?.() !== 0) throw new Unavailable("No docker daemon is running, and only root can start one. Start it (systemctl start docker), or name its address in DOCKER_HOST.");
  say("starting a docker daemon for this run");
  return startDockerd(cleanup);
}

async function answers(host: string): Promise<boolean> {
  return (await command(["docker", "version", "--format", "{{.Server.Version}}"], { env: { DOCKER_HOST: host }, timeoutSeconds: 15 })).code === 0;
}

/** Runs a container, so that a daemon which cannot is found out here and not in the middle of a test. */
export async function proveDocker(image: string): Promise<readonly string[]> {
  const ended = await command(["docker", "run", "--rm", "--pull=missing", image, "true"], { timeoutSeconds: 60 });
  if (ended.code !== 0) throw new Unavailable(`docker could not run a container:\n${ended.stderr.trim()}`);
  return [];
}

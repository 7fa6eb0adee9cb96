import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { RunnerError, type Host } from "@distronode-runner/contract";
import { parseEndpoint, type Endpoint } from "@distronode-runner/engine-http";
import type { DockerSettings } from "./plugin.ts";

const usual = "/var/run/docker.sock";

/** What was asked for, whether it is there or not; else the first usual socket that exists; else the first usual one. */
export async function findDaemon(settings: DockerSettings, host: Host): Promise<Endpoint> {
  const asked = settings.socket ?? (host.environment["DOCKER_HOST"] || undefined);
  if (asked !== undefined) return fromUser(asked, host);
  const runtime = host.environment["XDG_RUNTIME_DIR"];
  const candidates = [usual, ...(runtime === undefined ? [] : [resolve(runtime, "docker.sock")])];
  for (const path of candidates) if (await stat(path).then(() => true, () => false)) return { kind: "unix", path };
  return { kind: "unix", path: usual };
}

function fromUser(asked: string, host: Host): Endpoint {
  if (/^(ssh|https):/.test(asked)) throw new RunnerError("ENGINE_INCOMPATIBLE", `Docker at ${asked} can not be reached: only unix sockets and plain tcp are supported.`, { hint: "Forward the daemon's socket to this machine and name it in the settings." });
  return parseEndpoint(/^[./]/.test(asked) ? resolve(host.cwd, asked) : asked);
}

import { access, constants } from "node:fs/promises";
import { resolve } from "node:path";
import { RunnerError, type Host } from "@distronode-runner/contract";
import { parseEndpoint, type Endpoint } from "@distronode-runner/engine-http";
import type { PodmanSettings } from "./plugin.ts";

export interface ServiceAddress {
  readonly endpoint: Endpoint;
  /** Named by the user: it must work, nothing else is tried. */
  readonly asked: boolean;
}

/** Where a podman service may listen already, best first. A socket of root's that this user may not use is not among them. */
export async function findServices(settings: PodmanSettings, host: Host): Promise<readonly ServiceAddress[]> {
  const asked = settings.socket ?? (host.environment["CONTAINER_HOST"] || undefined);
  if (asked !== undefined) return [{ endpoint: fromUser(asked, host), asked: true }];
  const runtime = host.environment["XDG_RUNTIME_DIR"];
  const candidates = host.uid === 0 ? ["/run/podman/podman.sock"] : runtime === undefined ? [] : [resolve(runtime, "podman/podman.sock")];
  const found: ServiceAddress[] = [];
  for (const path of candidates) {
    if (await access(path, constants.R_OK | constants.W_OK).then(() => true, () => false)) found.push({ endpoint: { kind: "unix", path }, asked: false });
  }
  return found;
}

function fromUser(asked: string, host: Host): Endpoint {
  if (/^(ssh|https):/.test(asked)) throw new RunnerError("ENGINE_INCOMPATIBLE", `Podman at ${asked} can not be reached: only unix sockets and plain tcp are supported.`, { hint: "Forward the service's socket to this machine and name it in the settings." });
  return parseEndpoint(/^[./]/.test(asked) ? resolve(host.cwd, asked) : asked);
}

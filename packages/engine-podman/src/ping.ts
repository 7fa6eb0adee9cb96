import { arch } from "node:os";
import { stat } from "node:fs/promises";
import { RunnerError, type CallOptions, type EngineInfo, type Host } from "@distronode-runner/contract";
import { formatEndpoint, type Transport } from "@distronode-runner/engine-http";

/** Prefix of every path. Podman 4 and 5 both answer to it. */
export const apiPrefix = "/v4.0.0/libpod";

/**
 * What a service says of itself in the headers of its ping. `info` and `version` know more, but ask the package manager about each
 * helper program, which takes up to seconds.
 */
export async function ping(transport: Transport, host: Host, options?: CallOptions): Promise<EngineInfo> {
  const endpoint = formatEndpoint(transport.endpoint);
  const { status, headers, text } = await transport.request({ method: "GET", path: `${apiPrefix}/_ping`, signal: options?.signal });
  const version = headers["libpod-api-version"];
  if (status !== 200 || typeof version !== "string") {
    throw new RunnerError("ENGINE_INCOMPATIBLE", `What answers at ${endpoint} is no podman of version 4 or newer (status ${status}): ${text.trim().slice(0, 200)}`, { hint: "Update podman, or name another socket." });
  }
  return { name: "podman", version, apiVersion: version, os: "linux", architecture: architectureHere(), rootless: await isRootless(transport, host), endpoint };
}

/** The service's own user owns its socket. */
async function isRootless({ endpoint }: Transport, host: Host): Promise<boolean> {
  if (endpoint.kind !== "unix") return false;
  return stat(endpoint.path).then(({ uid }) => uid !== 0, () => host.uid !== 0);
}

/** As the engines write it. */
function architectureHere(): string {
  const names: Record<string, string> = { x64: "amd64", ia32: "386" };
  return names[arch()] ?? arch();
}

import { arch } from "node:os";
import { stat } from "node:fs/promises";
import { RunnerError, type CallOptions, type EngineInfo } from "@distronode-runner/contract";
import { createTransport, formatEndpoint, type Endpoint, type Transport } from "@distronode-runner/engine-http";

/** The oldest API that is spoken (Docker 20.10), and the newest that was read about. */
const oldest = "1.41";
const newest = "1.47";

export interface Daemon {
  readonly transport: Transport;
  readonly info: EngineInfo;
  /** Version of the API for the paths of all calls. */
  readonly apiVersion: string;
}

/**
 * Connects, and learns from the headers of `/_ping` what is there. `/version` and `/info` know more, but start other programs to find
 * out, which takes longer than all other calls of a short job together.
 */
export async function ping(endpoint: Endpoint, options?: CallOptions): Promise<Daemon> {
  const transport = createTransport(endpoint, "Docker");
  try {
    const { status, headers, text } = await transport.request({ method: "GET", path: "/_ping", signal: options?.signal });
    const offered = headers["api-version"];
    if (status === 400 && /HTTP request to an HTTPS server/.test(text)) {
      throw new RunnerError("ENGINE_UNAVAILABLE", `The Docker daemon at ${formatEndpoint(endpoint)} speaks TLS only.`, { hint: "Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the directory of the certificates, or use a docker context." });
    }
    if (status !== 200 || typeof offered !== "string") throw new RunnerError("ENGINE_UNAVAILABLE", `What answers at ${formatEndpoint(endpoint)} is no Docker daemon (status ${status}): ${text.trim().slice(0, 200)}`);
    if (headers["libpod-api-version"] !== undefined) {
      throw new RunnerError("ENGINE_INCOMPATIBLE", `At ${formatEndpoint(endpoint)} Podman answers in Docker's place.`, { hint: "Use the engine podman: through Docker's API it reports wrong exit codes." });
    }
    if (compare(offered, oldest) < 0) {
      throw new RunnerError("ENGINE_INCOMPATIBLE", `The Docker daemon speaks API ${offered}, and ${oldest} is the oldest supported.`, { hint: "Update Docker to 20.10 or newer." });
    }
    const info: EngineInfo = {
      name: "docker",
      version: /Docker\/(\S+)/.exec(String(headers["server"] ?? ""))?.[1] ?? "unknown",
      apiVersion: offered,
      os: String(headers["ostype"] ?? "linux"),
      architecture: architectureHere(),
      rootless: await isRootless(endpoint),
      endpoint: formatEndpoint(endpoint),
    };
    return { transport, info, apiVersion: compare(offered, newest) < 0 ? offered : newest };
  } catch (error) {
    await transport.close();
    throw error;
  }
}

function compare(left: string, right: string): number {
  const [a = 0, b = 0] = left.split(".").map(Number);
  const [c = 0, d = 0] = right.split(".").map(Number);
  return a - c || b - d;
}

/** The daemon's own user owns its socket. */
async function isRootless(endpoint: Endpoint): Promise<boolean> {
  return endpoint.kind === "unix" && (await stat(endpoint.path).then(({ uid }) => uid !== 0, () => false));
}

/** As the engines write it. */
function architectureHere(): string {
  const names: Record<string, string> = { x64: "amd64", ia32: "386" };
  return names[arch()] ?? arch();
}

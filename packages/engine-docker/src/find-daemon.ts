import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { RunnerError, type Host } from "@distronode-runner/contract";
import { parseEndpoint, type Endpoint, type TlsOptions } from "@distronode-runner/engine-http";
import type { DockerConfig } from "./docker-config.ts";
import { readContext } from "./docker-context.ts";
import type { DockerSettings } from "./plugin.ts";

const usual = "/var/run/docker.sock";

/** Where the certificates for a daemon are: `ca.pem`, `cert.pem` and `key.pem`, as far as they are there. */
export interface TlsFiles {
  readonly directory: string;
  readonly verify: boolean;
}

/**
 * What was asked for, whether it is there or not, in the order of docker's own command line: settings, `DOCKER_HOST`, `DOCKER_CONTEXT`, the context in use; else the
 * first usual socket that exists; else the first usual one.
 */
export async function findDaemon(settings: DockerSettings, host: Host, config: DockerConfig): Promise<Endpoint> {
  const { environment } = host;
  const asked = settings.socket ?? (environment["DOCKER_HOST"] || undefined);
  if (asked !== undefined) return fromUser(asked, host, tlsOfEnvironment(environment, config));
  const context = environment["DOCKER_CONTEXT"] || config.currentContext;
  if (context !== undefined && context !== "default") {
    const { host: address, tls } = await readContext(context, config.directory);
    return fromUser(address, host, (await hasFiles(tls)) ? tls : undefined);
  }
  const runtime = environment["XDG_RUNTIME_DIR"];
  const candidates = [usual, ...(runtime === undefined ? [] : [resolve(runtime, "docker.sock")])];
  for (const path of candidates) if (await stat(path).then(() => true, () => false)) return { kind: "unix", path };
  return { kind: "unix", path: usual };
}

function tlsOfEnvironment(environment: Host["environment"], config: DockerConfig): TlsFiles | undefined {
  const verify = (environment["DOCKER_TLS_VERIFY"] ?? "") !== "";
  if (!verify && !environment["DOCKER_TLS"]) return undefined;
  return { directory: environment["DOCKER_CERT_PATH"] || config.directory, verify };
}

async function hasFiles(tls: TlsFiles | undefined): Promise<boolean> {
  return tls !== undefined && (await stat(tls.directory).then(() => true, () => false));
}

async function fromUser(asked: string, host: Host, tls: TlsFiles | undefined): Promise<Endpoint> {
  if (asked.startsWith("ssh:")) throw new RunnerError("ENGINE_INCOMPATIBLE", `Docker at ${asked} cannot be reached: only unix sockets and tcp are supported.`, { hint: "Forward the daemon's socket to this machine and name it in the settings, or in DOCKER_HOST." });
  const endpoint = parseEndpoint(/^[./]/.test(asked) ? resolve(host.cwd, asked) : withPort(asked.replace(/^https:/, "tcp:"), tls !== undefined));
  const secured = tls ?? (asked.startsWith("https:") ? { directory: "", verify: true } : undefined);
  return endpoint.kind === "unix" || secured === undefined ? endpoint : { ...endpoint, tls: await read(secured) };
}

/** As docker's command line has it, when a port is not given. */
const withPort = (address: string, secure: boolean): string => (/^tcp:\/\/([^/:@[\]]+|\[[^\]]+\])\/?$/.test(address) ? `${address.replace(/\/$/, "")}:${secure ? 2376 : 2375}` : address);

async function read({ directory, verify }: TlsFiles): Promise<TlsOptions> {
  const content = async (name: string): Promise<string | undefined> => {
    if (directory === "") return undefined;
    const file = join(directory, name);
    return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw new RunnerError("SETTINGS_INVALID", `The file ${file}, for a docker daemon with TLS, cannot be read: ${error.code ?? error.message}.`, { location: { file }, hint: "Check owner and permissions, or set DOCKER_CERT_PATH.", cause: error });
    });
  };
  const [ca, cert, key] = await Promise.all([content("ca.pem"), content("cert.pem"), content("key.pem")]);
  return { verify, ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
}

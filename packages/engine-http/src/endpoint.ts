import { RunnerError } from "@distronode-runner/contract";

/** Where an engine's service listens. */
export type Endpoint = { readonly kind: "unix"; readonly path: string } | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly tls?: TlsOptions };

/** How a service that speaks TLS is spoken to; texts are PEM. */
export interface TlsOptions {
  /** Whether its certificate has to be good. */
  readonly verify: boolean;
  /** The authority that has signed it, instead of those that the system trusts. */
  readonly ca?: string;
  /** Ours, where it wants one. */
  readonly cert?: string;
  readonly key?: string;
}

/** An absolute path, `unix:///path`, `tcp://host:port` or `http://host:port`. */
export function parseEndpoint(text: string): Endpoint {
  if (text.startsWith("/")) return { kind: "unix", path: text };
  const unix = /^unix:(?:\/\/)?(\/.*)$/.exec(text);
  if (unix !== null) return { kind: "unix", path: unix[1]! };
  const tcp = /^(?:tcp|http):\/\/(\[[0-9a-fA-F:.]+\]|[^/:@]+):(\d+)\/?$/.exec(text);
  if (tcp !== null) return { kind: "tcp", host: tcp[1]!.replace(/^\[(.*)\]$/, "$1"), port: Number(tcp[2]) };
  throw new RunnerError("SETTINGS_INVALID", `${JSON.stringify(text)} is not an address of a container engine.`, {
    hint: "Use an absolute socket path, unix:///path or tcp://host:port.",
  });
}

/** The path of a socket, or a URL. */
export function formatEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === "unix") return endpoint.path;
  return `${endpoint.tls === undefined ? "http" : "https"}://${endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
}

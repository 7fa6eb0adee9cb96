import type { Dispatcher } from "undici";
import type { HttpTarget } from "./target.ts";

const timeouts = { headersTimeout: 30_000, bodyTimeout: 30_000 } as const;
const connectTimeout = 10_000;

/** Connections to one target. Proxies are those of the environment. `undici` is loaded here: a runner without this sink does not pay for it. */
export async function openDispatcher(target: HttpTarget, environment: Readonly<Record<string, string | undefined>>): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import("undici");
  if (target.socketPath !== undefined) return new Agent({ ...timeouts, connect: { timeout: connectTimeout, socketPath: target.socketPath } });
  const variable = (name: string): string => environment[name] ?? environment[name.toUpperCase()] ?? "";
  const proxies = { httpProxy: variable("http_proxy"), httpsProxy: variable("https_proxy"), noProxy: variable("no_proxy") };
  const connect = { timeout: connectTimeout };
  return proxies.httpProxy === "" && proxies.httpsProxy === "" ? new Agent({ ...timeouts, connect }) : new EnvHttpProxyAgent({ ...timeouts, connect, ...proxies });
}

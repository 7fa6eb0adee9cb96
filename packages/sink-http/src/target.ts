import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { sinkRefusal, type Host } from "@distronode-runner/contract";

/** Where to post, and how. Holds secrets; `name` does not. */
export interface HttpTarget {
  readonly url: string;
  readonly socketPath: string | undefined;
  /** For messages: without path and credentials, which may be secret. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secret: string | undefined;
  /** Names of the events to send; all if undefined. */
  readonly events: ReadonlySet<string> | undefined;
}

export const settingsKeys = ["runner_http_url", "runner_http_path", "runner_http_headers", "runner_http_secret", "runner_http_events"] as const;
type Key = (typeof settingsKeys)[number];

/** Environment beats settings. Nothing without a URL. */
export function readTarget(settings: Readonly<Record<string, unknown>>, host: Pick<Host, "environment" | "cwd">): HttpTarget | undefined {
  const said = (key: Key): unknown => host.environment[key.toUpperCase()] || (settings[key] ?? undefined);
  const text = (key: Key): string | undefined => {
    const value = said(key);
    if (value === undefined || typeof value === "string") return value;
    throw sinkRefusal(`The setting ${key} must be text.`, { location: { key } });
  };
  const url = text("runner_http_url");
  if (url === undefined || url === "") return undefined;
  const place = /^https?:\/\//i.test(url) ? placeOfUrl(url) : placeOfSocket(url, text("runner_http_path"), host.cwd);
  const secret = text("runner_http_secret");
  return { ...place, headers: { ...place.headers, ...headersOf(said("runner_http_headers")) }, secret: secret === "" ? undefined : secret, events: eventsOf(said("runner_http_events")) };
}

type Place = Pick<HttpTarget, "url" | "socketPath" | "name" | "headers">;

function placeOfUrl(text: string): Place {
  if (!URL.canParse(text)) throw sinkRefusal("The setting runner_http_url is not a URL.", { location: { key: "runner_http_url" } });
  const url = new URL(text);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  url.hash = "";
  const headers: Record<string, string> = username === "" ? {} : { authorization: `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64")}` };
  return { url: url.href, socketPath: undefined, name: url.origin, headers };
}

function placeOfSocket(text: string, path: string | undefined, cwd: string): Place {
  const socketPath = resolve(cwd, text);
  if (!text.startsWith("/") && !existsSync(socketPath)) {
    throw sinkRefusal("The setting runner_http_url is neither a URL nor the path of a socket.", { location: { key: "runner_http_url" }, hint: "Begin it with http:// or https://, or with / for a socket." });
  }
  return { url: `http://localhost${path === undefined || path.startsWith("/") ? (path ?? "/") : `/${path}`}`, socketPath, name: `the socket ${socketPath}`, headers: {} };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function headersOf(value: unknown): Record<string, string> {
  if (value === undefined || value === "") return {};
  const headers = typeof value === "string" ? parsed(value) : value;
  const entries = typeof headers === "object" && headers !== null && !Array.isArray(headers) ? Object.entries(headers) : undefined;
  if (entries?.every(([, item]) => ["string", "number", "boolean"].includes(typeof item)) !== true) {
    throw sinkRefusal("The setting runner_http_headers must be a mapping of names to texts.", { location: { key: "runner_http_headers" }, hint: "In the environment it is a JSON object." });
  }
  return Object.fromEntries(entries.map(([name, item]) => [name.toLowerCase(), String(item)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function eventsOf(value: unknown): ReadonlySet<string> | undefined {
  if (value === undefined) return undefined;
  const names: unknown = typeof value === "string" ? value.split(",").map((name) => name.trim()).filter((name) => name !== "") : value;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    throw sinkRefusal("The setting runner_http_events must be a list of names of events.", { location: { key: "runner_http_events" } });
  }
  return new Set(names as string[]);
}

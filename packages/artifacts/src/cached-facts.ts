import { withMember, withoutMembers } from "./json-members.ts";

/**
 * The files of the tool's `jsonfile` cache. To ansible-core 2.18 a file has the host's name and holds its facts. From 2.19 on its name has a
 * prefix with the version of a schema, and it holds them as JSON text in `__payload__`, with the origin of values beside them.
 */
export type Facts = Record<string, unknown>;

export const schemaPrefix = "s1_";
/** Bytes. A larger file holds the facts of no host. */
export const largestFacts: number = 64 * 1024 * 1024;
const payloadKey = "__payload__";

/** Names that the file of a host may have, newest first. */
export const cacheFileNames = (host: string): readonly [string, string] => [`${schemaPrefix}${host}`, host];

/** Nothing for text that is no cache file. */
export function parseFacts(text: string): Facts | undefined {
  const file = object(text);
  const payload = file?.[payloadKey];
  return typeof payload === "string" ? object(payload) : file;
}

/** `like`: the text of a file in whose form it is to be. */
export function formatFacts(facts: Facts, like: string | undefined): string {
  return like !== undefined && typeof object(like)?.[payloadKey] === "string" ? JSON.stringify({ [payloadKey]: JSON.stringify(facts) }) : JSON.stringify(facts, null, 4);
}

/** The text of a cache file without some facts, all others as they were written. */
export function withoutFacts(text: string, keys: readonly string[]): string {
  const payload = object(text)?.[payloadKey];
  return typeof payload === "string" ? withMember(text, payloadKey, JSON.stringify(withoutMembers(payload, keys))) : withoutMembers(text, keys);
}

/** Values without what the tool notes beside them. */
export function plainFacts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainFacts);
  if (typeof value !== "object" || value === null) return value;
  if ("__ansible_type" in value && "value" in value) return plainFacts(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainFacts(item)]));
}

function object(text: string): Facts | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Facts) : undefined;
  } catch {
    return undefined;
  }
}

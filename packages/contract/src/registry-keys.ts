import type { RegistryTarget } from "./keychain.ts";

/** Names under which credentials for an image may be kept, the most particular first: `host/team/app`, `host/team`, `host`. */
export function registryKeys({ registry, path }: RegistryTarget): readonly string[] {
  const parts = path.split("/");
  const scoped = parts.map((_part, index) => [registry, ...parts.slice(0, parts.length - index)].join("/"));
  return [...scoped, registry, ...(registry === "docker.io" ? ["index.docker.io"] : [])];
}

/** Such a name as it is compared: without scheme, without the path of an API version, without a slash at its end. */
export function normalisedRegistryKey(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/+$/, "").replace(/\/v[12]$/, "");
}

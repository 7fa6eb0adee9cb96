import type { Host } from "@distronode-runner/contract";

const names = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy"];

/** `podman run` gives each container the caller's proxies; the API only those of the service. */
export function proxiesOf({ environment }: Pick<Host, "environment">): Readonly<Record<string, string>> {
  const found = [...names, ...names.map((name) => name.toUpperCase())].flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]] as const]));
  return Object.freeze(Object.fromEntries(found));
}

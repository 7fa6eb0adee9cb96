import type { RegistryCredentials } from "@distronode-runner/contract";

/**
 * Value of the `X-Registry-Auth` header. URL-safe base64 with its padding: without it, or with `+` and `/`, docker goes on anonymously
 * and without a word.
 */
export function encodeRegistryAuth({ username, password }: RegistryCredentials): string {
  return Buffer.from(JSON.stringify({ username, password })).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

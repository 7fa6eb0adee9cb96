import type { RegistryCredentials } from "@distronode-runner/contract";

/**
 * Value of the `X-Registry-Auth` header. URL-safe base64 with its padding: without it, or with `+` and `/`, docker goes on anonymously
 * and without a word.
 */
export function encodeRegistryAuth(credentials: RegistryCredentials): string {
  const login = "identityToken" in credentials ? { identitytoken: credentials.identityToken } : { username: credentials.username, password: credentials.password };
  return Buffer.from(JSON.stringify(login)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

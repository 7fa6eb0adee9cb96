import { RunnerError, type RegistryCredentials, type Settings } from "@distronode-runner/contract";

/** What `container_auth_data` says. The password is a secret. */
export interface RegistrySettings {
  /** Host, or a namespace in it (`host/team`). */
  readonly host: string;
  /** Absent: nothing was said, and the engine's own configuration counts. */
  readonly verifyTls?: boolean;
  readonly credentials?: RegistryCredentials;
}

export function planRegistry({ host, username, password, verify_ssl: verifyTls }: NonNullable<Settings["container_auth_data"]>): RegistrySettings {
  if ((username === undefined) !== (password === undefined)) {
    throw new RunnerError("SETTINGS_INVALID", `container_auth_data has a ${username === undefined ? "password without a username" : "username without a password"}.`, { location: { key: "container_auth_data" }, hint: "Give both, or neither to pull without credentials." });
  }
  return { host, ...(verifyTls === undefined ? {} : { verifyTls }), ...(username === undefined || password === undefined ? {} : { credentials: { registry: host, username, password } }) };
}

/** A login for one registry. `identityToken` is what a registry gave for a password. */
export type RegistryCredentials = { readonly registry: string; readonly username: string; readonly password: string } | { readonly registry: string; readonly identityToken: string };

/** Nobody in particular: the registry is asked without credentials, and no further source either. */
export interface Anonymous {
  readonly anonymous: true;
}

export const anonymous: Anonymous = Object.freeze({ anonymous: true });

/** What is to be fetched. */
export interface RegistryTarget {
  /** Host, with its port if it has one; `docker.io` for images without a host. */
  readonly registry: string;
  /** Path within the registry. */
  readonly path: string;
}

/** A source of registry credentials. */
export interface Keychain {
  /** Credentials for the target, `anonymous`, or nothing if this source does not know: then the next one is asked. Rejects if the source is broken. */
  resolve(target: RegistryTarget, options?: { readonly signal?: AbortSignal }): Promise<RegistryCredentials | Anonymous | undefined>;
}

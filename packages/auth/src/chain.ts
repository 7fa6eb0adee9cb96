import { normalisedRegistryKey, registryKeys, type Keychain, type RegistryCredentials } from "@distronode-runner/contract";

/** Asks one after another; the first answer counts, and `anonymous` is one. */
export function chain(keychains: readonly Keychain[]): Keychain {
  return {
    async resolve(target, options) {
      for (const keychain of keychains) {
        const found = await keychain.resolve(target, options);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** Credentials that are known already, each for its registry or a namespace in it (`host/team`). */
export function staticKeychain(known: readonly RegistryCredentials[]): Keychain {
  return {
    resolve: (target) => {
      const key = registryKeys(target).find((candidate) => known.some(({ registry }) => normalisedRegistryKey(registry) === candidate));
      return Promise.resolve(known.find(({ registry }) => normalisedRegistryKey(registry) === key));
    },
  };
}

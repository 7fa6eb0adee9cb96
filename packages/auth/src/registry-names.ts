/** What a credential helper is asked for; docker calls its own registry so. */
export const serverOf = (registry: string): string => (registry === "docker.io" ? "https://index.docker.io/v1/" : registry);

import { existsSync } from "node:fs";

/**
 * The Python that supervises jobs without a container. The system's own is preferred to whatever is first on the path: version managers
 * put slow wrappers there.
 */
export function hostPython(exists: (path: string) => boolean = existsSync): string {
  return exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
}

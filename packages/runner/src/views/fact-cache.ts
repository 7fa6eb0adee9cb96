import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RunnerError, type FactCache } from "@distronode-runner/contract";

/** The tool's `jsonfile` cache: one JSON file for each host, private. */
export function factCache(directory: string): FactCache {
  return {
    async get(host) {
      try {
        return JSON.parse(await readFile(pathOf(directory, host), "utf8")) as Record<string, unknown>;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
        throw new RunnerError("STORE_FAILED", `The facts of ${host} can not be read: ${(error as Error).message}`, { location: { file: pathOf(directory, host) }, cause: error });
      }
    },
    async set(host, facts) {
      const path = pathOf(directory, host);
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeFile(`${path}.tmp`, JSON.stringify(facts), { mode: 0o600 });
      await rename(`${path}.tmp`, path);
    },
  };
}

function pathOf(directory: string, host: string): string {
  if (host === "" || host.includes("/") || host === "." || host === "..") throw new RunnerError("REQUEST_INVALID", `${JSON.stringify(host)} is not the name of a host.`, { location: { key: "host" } });
  return join(directory, host);
}

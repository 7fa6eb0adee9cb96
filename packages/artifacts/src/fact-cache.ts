import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { RunnerError, type FactCache } from "@distronode-runner/contract";
import { cacheFileNames, formatFacts, parseFacts, plainFacts, schemaPrefix } from "./cached-facts.ts";
import { replaceFile } from "./replace-file.ts";

/** The facts of hosts in a directory of cache files. */
export function factCache(directory: string): FactCache {
  return {
    async get(host) {
      const found = await read(directory, host);
      if (found === undefined) return {};
      const facts = parseFacts(found.text);
      if (facts === undefined) throw new RunnerError("STORE_FAILED", `The facts of ${host} can not be read: the file is not JSON.`, { location: { file: found.path } });
      return plainFacts(facts) as Record<string, unknown>;
    },
    async set(host, facts) {
      const found = await read(directory, host);
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const [withSchema, plain] = cacheFileNames(host);
      // A host that is new gets the form that the others have.
      const like = found ?? (await readFirst(directory, (await readdir(directory)).filter((name) => name.startsWith(schemaPrefix))));
      const path = found?.path ?? join(directory, like === undefined ? plain : withSchema);
      await replaceFile(path, formatFacts(facts, like?.text));
    },
  };
}

interface CacheFile {
  readonly path: string;
  readonly text: string;
}

function read(directory: string, host: string): Promise<CacheFile | undefined> {
  if (host === "" || host.includes("/") || host === "." || host === "..") throw new RunnerError("REQUEST_INVALID", `${JSON.stringify(host)} is not the name of a host.`, { location: { key: "host" } });
  return readFirst(directory, cacheFileNames(host));
}

async function readFirst(directory: string, names: readonly string[]): Promise<CacheFile | undefined> {
  for (const name of names) {
    const path = join(directory, name);
    try {
      return { path, text: await readFile(path, "utf8") };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw new RunnerError("STORE_FAILED", `The facts in ${path} can not be read: ${(error as Error).message}`, { location: { file: path }, cause: error });
    }
  }
  return undefined;
}

import { mkdir } from "node:fs/promises";
import { RunnerError, type FactCache } from "@distronode-runner/contract";
import { SafeDirectory } from "@distronode-runner/safe-files";
import { cacheFileNames, formatFacts, largestFacts, parseFacts, plainFacts, schemaPrefix, type Facts } from "./cached-facts.ts";

/** The facts of hosts in a directory of cache files, which the tool itself, and so any job on this machine, may write to. */
export function factCache(path: string): FactCache {
  return {
    async get(host) {
      checkHost(host);
      const directory = await SafeDirectory.open(path).catch(noneIfAbsent);
      if (directory === undefined) return {};
      try {
        const found = await read(directory, host);
        if (found === undefined) return {};
        const facts = plain(parseFacts(found.text));
        if (facts === undefined) throw new RunnerError("STORE_FAILED", `The facts of ${host} cannot be read: the file is not JSON.`, { location: { file: directory.named(found.name) } });
        return facts;
      } finally {
        await directory.close();
      }
    },
    async set(host, facts) {
      checkHost(host);
      await mkdir(path, { recursive: true, mode: 0o700 });
      const directory = await SafeDirectory.open(path);
      try {
        const found = await read(directory, host);
        const [withSchema, plain] = cacheFileNames(host);
        // A host that is new gets the form that the others have.
        const like = found ?? (await readFirst(directory, await withSchemaIn(directory)));
        await directory.replace(found?.name ?? (like === undefined ? plain : withSchema), formatFacts(facts, like?.text));
      } finally {
        await directory.close();
      }
    },
  };
}

async function withSchemaIn(directory: SafeDirectory): Promise<readonly string[]> {
  for await (const { name, kind } of directory.entries()) if (kind === "file" && name.startsWith(schemaPrefix)) return [name];
  return [];
}

/** Undefined too for facts that are deeper than any. */
function plain(facts: Facts | undefined): Facts | undefined {
  try {
    return facts === undefined ? undefined : (plainFacts(facts) as Facts);
  } catch {
    return undefined;
  }
}

interface CacheFile {
  readonly name: string;
  readonly text: string;
}

function checkHost(host: string): void {
  if (host === "" || host.includes("/") || host.includes("\0") || host === "." || host === "..") throw new RunnerError("REQUEST_INVALID", `${JSON.stringify(host)} is not the name of a host.`, { location: { key: "host" } });
}

function read(directory: SafeDirectory, host: string): Promise<CacheFile | undefined> {
  return readFirst(directory, cacheFileNames(host));
}

async function readFirst(directory: SafeDirectory, names: readonly string[]): Promise<CacheFile | undefined> {
  for (const name of names) {
    try {
      const text = await directory.text(name, largestFacts);
      if (text !== undefined) return { name, text };
    } catch (error) {
      throw new RunnerError("STORE_FAILED", `The facts in ${directory.named(name)} cannot be read: ${(error as Error).message}`, { location: { file: directory.named(name) }, cause: error });
    }
  }
  return undefined;
}

function noneIfAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { RunnerError } from "@distronode-runner/contract";

/** Finds the private data directory a client means by a name; undefined when there is none. Clients never see or send paths. */
export type DataDirResolver = (name: string) => Promise<string | undefined> | string | undefined;

export type DataDirs = ReadonlyMap<string, string> | DataDirResolver;

export const dataDirName = "^[A-Za-z0-9_][A-Za-z0-9_.-]*$";

export async function resolveDataDir(dataDirs: DataDirs, name: string): Promise<string> {
  const path = typeof dataDirs === "function" ? await dataDirs(name) : dataDirs.get(name);
  if (path === undefined) throw new RunnerError("REQUEST_INVALID", `There is no data directory named ${name}.`, { location: { key: "dataDir" } });
  return path;
}

/** From the command line: `NAME=PATH` words, and a directory whose subdirectories go by their own names. */
export async function parseDataDirs(sources: { readonly named: readonly string[]; readonly root?: string | undefined }, cwd: string): Promise<DataDirResolver> {
  if (sources.named.length === 0 && sources.root === undefined) {
    throw new RunnerError("USAGE", "No data directory was given.", { hint: "Use --data-dir NAME=PATH, or --root DIR for all directories in DIR." });
  }
  const named = new Map(sources.named.map((word) => parseNamed(word, cwd)));
  for (const path of named.values()) await requireDirectory(path);
  const root = sources.root === undefined ? undefined : resolve(cwd, sources.root);
  if (root !== undefined) await requireDirectory(root);
  return async (name) => {
    if (named.has(name)) return named.get(name);
    if (root === undefined || !new RegExp(dataDirName).test(name)) return undefined;
    const path = join(root, name);
    return (await isDirectory(path)) ? path : undefined;
  };
}

function parseNamed(word: string, cwd: string): [string, string] {
  const [, name, path] = /^([^=]*)=(.+)$/s.exec(word) ?? [];
  if (name === undefined || path === undefined || !new RegExp(dataDirName).test(name)) {
    throw new RunnerError("USAGE", `--data-dir ${word} is not NAME=PATH.`, { hint: "A name has letters, digits, dots, dashes and underscores." });
  }
  return [name, resolve(cwd, path)];
}

async function requireDirectory(path: string): Promise<void> {
  if (!(await isDirectory(path))) throw new RunnerError("USAGE", `${path} is not a directory.`);
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then((stats) => stats.isDirectory(), () => false);
}

import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { RunnerError } from "@distronode-runner/contract";

/** The private data directories that clients may use. They never see or send paths. */
export interface DataDirResolver {
  /** Undefined when no directory has this name. */
  pathOf(name: string): Promise<string | undefined> | string | undefined;
  /** The reverse, for a job that was found running. `path` is absolute; undefined when it is none of these directories. */
  nameOf(path: string): string | undefined;
}

export type DataDirs = ReadonlyMap<string, string> | DataDirResolver;

export const dataDirName = "^[A-Za-z0-9_][A-Za-z0-9_.-]*$";

export async function resolveDataDir(dataDirs: DataDirs, name: string): Promise<string> {
  const path = "pathOf" in dataDirs ? await dataDirs.pathOf(name) : dataDirs.get(name);
  if (path === undefined) throw new RunnerError("REQUEST_INVALID", `There is no data directory named ${name}.`, { location: { key: "dataDir" } });
  return path;
}

export function nameOfDataDir(dataDirs: DataDirs, path: string): string | undefined {
  return "nameOf" in dataDirs ? dataDirs.nameOf(path) : nameAmong(dataDirs, path);
}

function nameAmong(named: ReadonlyMap<string, string>, path: string): string | undefined {
  return [...named].find(([, candidate]) => resolve(candidate) === path)?.[0];
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
  return {
    async pathOf(name) {
      if (named.has(name)) return named.get(name);
      if (root === undefined || !isName(name)) return undefined;
      const path = join(root, name);
      return (await isDirectory(path)) ? path : undefined;
    },
    nameOf(path) {
      const name = nameAmong(named, path);
      if (name !== undefined || dirname(path) !== root || !isName(basename(path)) || named.has(basename(path))) return name;
      return basename(path);
    },
  };
}

function parseNamed(word: string, cwd: string): [string, string] {
  const [, name, path] = /^([^=]*)=(.+)$/s.exec(word) ?? [];
  if (name === undefined || path === undefined || !isName(name)) {
    throw new RunnerError("USAGE", `--data-dir ${word} is not NAME=PATH.`, { hint: "A name has letters, digits, dots, dashes and underscores." });
  }
  return [name, resolve(cwd, path)];
}

function isName(word: string): boolean {
  return new RegExp(dataDirName).test(word);
}

async function requireDirectory(path: string): Promise<void> {
  if (!(await isDirectory(path))) throw new RunnerError("USAGE", `${path} is not a directory.`);
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then((stats) => stats.isDirectory(), () => false);
}

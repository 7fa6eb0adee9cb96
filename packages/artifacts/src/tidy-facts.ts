import { relative } from "node:path";
import { SafeDirectory, type EntryName } from "@distronode-runner/safe-files";
import { largestFacts, parseFacts, withoutFacts } from "./cached-facts.ts";

const keys = ["ansible_env", "distronode_env"];

/** Cache files by name, and what tells whether one has been written since. */
export type KnownFacts = ReadonlyMap<string, string>;

/** The files that are in a cache among the artifacts before the job: somebody has put them there for it. */
export async function knownFacts(path: string, root: string): Promise<KnownFacts> {
  const known = new Map<string, string>();
  const directory = relative(root, path).startsWith("..") ? undefined : await SafeDirectory.open(path).catch(() => undefined);
  if (directory === undefined) return known;
  try {
    for (const { name, raw } of await directory.list()) known.set(name, await signOf(directory, raw));
  } finally {
    await directory.close();
  }
  return known;
}

async function signOf(directory: SafeDirectory, name: EntryName): Promise<string> {
  const { mtimeMs, size, ino } = (await directory.stat(name)) ?? {};
  return `${mtimeMs} ${size} ${ino}`;
}

/**
 * Makes the facts that a job cached among its artifacts the caller's alone, and takes the environment of the managed hosts out of them: with a local
 * connection it is the job's own environment, secrets included. Everything else in them stays as the tool wrote it. A cache elsewhere is the tool's business, and
 * so are files that the job has not written, that are no cache files, or no regular files.
 *
 * @param root the job's artifact directory
 */
export async function tidyFacts(path: string, root: string, known: KnownFacts = new Map()): Promise<void> {
  if (relative(root, path).startsWith("..")) return;
  const directory = await SafeDirectory.open(path).catch(() => undefined);
  if (directory === undefined) return;
  try {
    await directory.makePrivate();
    for (const { name, raw, kind } of await directory.list()) {
      if (kind === "file" && (!known.has(name) || known.get(name) !== (await signOf(directory, raw)))) await tidyFile(directory, raw);
    }
  } finally {
    await directory.close();
  }
}

/** What a job left that cannot be a cache file (another user's, larger or deeper than any, gone meanwhile) stays as it is: nothing that a job leaves keeps it from its end. */
async function tidyFile(directory: SafeDirectory, name: EntryName): Promise<void> {
  try {
    directory.adopt(name, 0o600);
    await withoutEnvironment(directory, name);
  } catch (error) {
    if (["ENOSPC", "EDQUOT", "EIO", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

async function withoutEnvironment(directory: SafeDirectory, name: EntryName): Promise<void> {
  const text = await directory.text(name, largestFacts);
  if (text === undefined || !keys.some((key) => text.includes(key))) return;
  const facts = parseFacts(text);
  if (facts === undefined || !keys.some((key) => key in facts)) return;
  await directory.replace(name, withoutFacts(text, keys));
}

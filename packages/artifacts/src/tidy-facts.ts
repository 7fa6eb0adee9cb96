import { relative } from "node:path";
import { SafeDirectory, type EntryName } from "@distronode-runner/safe-files";
import { formatFacts, largestFacts, parseFacts } from "./cached-facts.ts";

const keys = ["ansible_env", "distronode_env"];

/**
 * Makes the facts that a job cached among its artifacts the caller's alone, and takes the environment of the managed hosts out of them: with a local
 * connection it is the job's own environment, secrets included. A cache elsewhere is the tool's business and stays as it is, and so do files that are no
 * cache files, and whatever is no regular file.
 *
 * @param root the job's artifact directory
 */
export async function tidyFacts(path: string, root: string): Promise<void> {
  if (relative(root, path).startsWith("..")) return;
  const directory = await SafeDirectory.open(path).catch(() => undefined);
  if (directory === undefined) return;
  try {
    await directory.makePrivate();
    for (const { raw, kind } of await directory.list()) {
      if (kind === "file") await tidyFile(directory, raw);
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
  for (const key of keys) delete facts[key];
  await directory.replace(name, formatFacts(facts, text));
}

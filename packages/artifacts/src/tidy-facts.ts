import { relative } from "node:path";
import { SafeDirectory } from "@distronode-runner/safe-files";
import { formatFacts, parseFacts } from "./cached-facts.ts";

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
    for (const { name, kind } of await directory.list()) {
      if (kind !== "file") continue;
      directory.adopt(name, 0o600);
      await withoutEnvironment(directory, name);
    }
  } finally {
    await directory.close();
  }
}

async function withoutEnvironment(directory: SafeDirectory, name: string): Promise<void> {
  const text = await directory.text(name).catch(() => undefined);
  if (text === undefined || !keys.some((key) => text.includes(key))) return;
  const facts = parseFacts(text);
  if (facts === undefined || !keys.some((key) => key in facts)) return;
  for (const key of keys) delete facts[key];
  await directory.replace(name, formatFacts(facts, text));
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { formatFacts, parseFacts } from "./cached-facts.ts";
import { replaceFile } from "./replace-file.ts";

const keys = ["ansible_env", "distronode_env"];

/**
 * Takes the environment of the managed hosts out of the facts that a job cached: with a local connection it is the job's own environment, secrets
 * included. Files without it, or that are no cache files, stay as they are.
 */
export async function withoutEnvironment(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    const text = await readFile(path, "utf8").catch(() => "");
    if (!keys.some((key) => text.includes(key))) continue;
    const facts = parseFacts(text);
    if (facts === undefined || !keys.some((key) => key in facts)) continue;
    for (const key of keys) delete facts[key];
    await replaceFile(path, formatFacts(facts, text));
  }
}

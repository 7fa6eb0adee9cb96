import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Takes the environment of the managed hosts out of the facts that a job cached: with a local connection it is the job's own environment, secrets
 * included. Files without it, or that are no JSON objects, stay as they are.
 */
export async function withoutEnvironment(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    const text = await readFile(path, "utf8").catch(() => "");
    if (!text.includes('"ansible_env"')) continue;
    const facts = parse(text);
    if (facts === undefined) continue;
    delete facts["ansible_env"];
    await writeFile(`${path}.tmp`, JSON.stringify(facts, null, 4), { mode: 0o600 });
    await rename(`${path}.tmp`, path);
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

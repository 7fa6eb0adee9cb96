import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The files of a private data directory that are named pipes: whoever reads one takes it from everybody else. */
export function pipesOf(dataDir: string): readonly string[] {
  return ["args", ...list(join(dataDir, "env")).map((name) => `env/${name}`)].filter((name) => statSync(join(dataDir, name), { throwIfNoEntry: false })?.isFIFO() === true);
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

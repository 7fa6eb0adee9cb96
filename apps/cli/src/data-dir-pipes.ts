import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The files of a private data directory that are named pipes: whoever reads one takes it from everybody else. */
export function pipesOf(dataDir: string): readonly string[] {
  return ["args", ...list(join(dataDir, "env")).map((name) => `env/${name}`)].filter((name) => isPipe(join(dataDir, name)));
}

/** What this user may not look at is refused when the job is planned. */
function isPipe(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
  } catch {
    return false;
  }
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { join } from "node:path";

/** Absolute path of the first executable file of that name in the directories of `path`. */
export async function findExecutable(name: string, path: string | undefined): Promise<string | undefined> {
  for (const directory of (path ?? "").split(":")) {
    if (!directory.startsWith("/")) continue;
    const file = join(directory, name);
    try {
      await access(file, constants.X_OK);
      if ((await stat(file)).isFile()) return file;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

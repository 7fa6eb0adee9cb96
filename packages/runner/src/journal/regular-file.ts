import type { Stats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { damaged } from "./damaged.ts";

/** Of a file that may be opened: a FIFO in its place would keep whoever opens it for ever. Rejects with `ARTIFACTS_DAMAGED` if there is none. */
export async function regularFile(path: string): Promise<Stats> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw damaged(path, "it is no regular file");
    return found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw damaged(path, "it is missing");
    throw error;
  }
}

/** Its text; undefined if there is no such file. */
export async function readRegular(path: string): Promise<string | undefined> {
  try {
    await regularFile(path);
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}

import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import { invalid } from "./refuse.ts";

/** Refuses a path below a directory that leads out of it, or to what is `hidden` in it, by a link or without. What is not there is left to the runner, which says so. */
export async function checkInside(directory: string, path: string, key: string, hidden: readonly string[] = []): Promise<void> {
  const [base, target] = await Promise.all([resolved(directory), resolved(join(directory, path))]);
  if (base === undefined || target === undefined) return;
  const way = relative(base, target);
  if (hidden.includes(way.split("/")[0]!)) throw invalid(key, `${key}: ${path} is not for clients.`);
  if (way === ".." || way.startsWith("../") || isAbsolute(way)) throw invalid(key, `${key}: ${path} is a link that leads out of its directory.`, "Name a file that stands in the directory itself.");
}

export async function exists(path: string): Promise<boolean> {
  return (await resolved(path)) !== undefined;
}

async function resolved(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw invalid("path", `A path of the request cannot be followed (${code ?? "unknown"}).`);
  }
}

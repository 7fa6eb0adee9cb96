import { chmod, readdir } from "node:fs/promises";
import { join, relative } from "node:path";

/** What the tool itself wrote below the artifacts, with the tool's umask, is for the caller alone too. A directory elsewhere is somebody else's business. */
export async function makePrivate(directory: string, root: string): Promise<void> {
  if (relative(root, directory).startsWith("..")) return;
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return;
  await chmod(directory, 0o700);
  for (const entry of entries) if (entry.isFile()) await chmod(join(directory, entry.name), 0o600);
}

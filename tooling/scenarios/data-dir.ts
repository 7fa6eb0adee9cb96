import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const localInventory = "localhost ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n";

/** A private data directory with these files, by path below it. The caller removes it. */
export async function makeDataDir(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "distronode-data-"));
  for (const [path, text] of Object.entries({ "inventory/hosts": localInventory, ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

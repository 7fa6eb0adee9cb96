import { rename, writeFile } from "node:fs/promises";

/** Private, and never half-written. */
export async function replaceFile(path: string, text: string | readonly Uint8Array[]): Promise<void> {
  await writeFile(`${path}.tmp`, text, { mode: 0o600 });
  await rename(`${path}.tmp`, path);
}

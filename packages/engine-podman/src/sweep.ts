import { lstat, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";

export const directoryPrefix = "distronode-runner-podman-";

/** Milliseconds in which a service begins to listen, or never does. */
const startTime = 120_000;

/** Removes directories of services that were killed together with all that kept them: this user's, old, and nobody listens there. `own` is left alone. */
export async function sweep(parent: string, own: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const left = names.filter((name) => name.startsWith(directoryPrefix) && name !== own).map((name) => join(parent, name));
  await Promise.all(left.map(async (directory) => {
    const found = await lstat(directory).catch(() => undefined);
    if (found?.isDirectory() !== true || found.uid !== process.getuid?.() || Date.now() - found.mtimeMs < startTime) return;
    if (!(await listens(join(directory, "podman.sock")))) await rm(directory, { recursive: true, force: true }).catch(() => {});
  }));
}

/** Doubt counts as yes. */
function listens(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket, () => resolve(true));
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT"));
    probe.once("connect", () => probe.destroy());
  });
}

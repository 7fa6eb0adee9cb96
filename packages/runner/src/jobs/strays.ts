import { lstat, readdir } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { removeTree } from "@distronode-runner/safe-files";

/** Name of a job's private directory, as its shim makes it. */
const prefix = "distronode-runner-";

/** What a shim leaves that was killed on this host: the tool's processes, and the job's private directory with its secrets. */
export async function endStrays(tool: number | undefined, jobDir: string | undefined): Promise<void> {
  if (tool !== undefined) killGroup(tool);
  if (jobDir !== undefined && basename(jobDir).startsWith(prefix)) await removeTree(jobDir);
}

/** The tool leads a process group of its own; if none of it is left, nobody is hit. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** Removes private directories of this user's jobs whose shim was killed: nobody listens at their door. */
export async function sweepJobDirs(uid: number, places: readonly string[] = ["/dev/shm", "/var/tmp", tmpdir()]): Promise<void> {
  await Promise.all([...new Set(places)].map((place) => sweep(place, uid)));
}

async function sweep(place: string, uid: number): Promise<void> {
  const names = await readdir(place).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    const directory = join(place, name);
    const owner = await lstat(directory).catch(() => undefined);
    if (owner?.uid !== uid || !owner.isDirectory()) continue;
    const door = (await readdir(directory).catch(() => [])).find((each) => each.endsWith(".sock") && each !== "agent.sock");
    if (door !== undefined && !(await answers(join(directory, door)))) await removeTree(directory).catch(() => {});
  }
}

async function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => resolve(true));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "ECONNREFUSED"));
    socket.once("connect", () => socket.destroy());
  });
}

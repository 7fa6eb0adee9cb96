import { readdirSync, readFileSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { removeTree } from "@distronode-runner/safe-files";
import { processStat } from "./process-stat.ts";

/** Name of a job's private directory, as its shim makes it. */
const prefix = "distronode-runner-";

/** How often it is looked for what is left, at most, and milliseconds between two looks. */
const looks = 200;
const pause = 10;

/** A process of a job that has ended. */
export interface Stray {
  readonly pid: number;
  readonly name: string;
}

/**
 * Ends what is left of a job on this host: processes of the tool's group or session, those that have the job's private directory in their environment, and that
 * directory with its secrets. Looks again until it finds nothing twice in a row: what was just started is seen late. Says what cannot be ended.
 */
export async function endStrays(tool: number | undefined, jobDir: string | undefined): Promise<readonly Stray[]> {
  const ours = jobDir !== undefined && basename(jobDir).startsWith(prefix) ? jobDir : undefined;
  let found = straysOf(tool, ours);
  for (let look = 0, quiet = found.length === 0 ? 1 : 0; quiet < 2 && look < looks; look += 1) {
    for (const { pid } of found) kill(pid);
    await sleep(pause);
    found = straysOf(tool, ours);
    quiet = found.length === 0 ? quiet + 1 : 0;
  }
  if (ours !== undefined) await removeTree(ours).catch(() => {});
  return found;
}

/** From `/proc`; where there is none, nothing is known. */
function straysOf(tool: number | undefined, jobDir: string | undefined): readonly Stray[] {
  const cookie = jobDir === undefined ? undefined : Buffer.from(jobDir);
  const strays: Stray[] = [];
  for (const name of namesIn("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const { name: program, fields, ended } = processStat(pid);
      const [, , group, session] = fields;
      if (ended) continue;
      const ofTool = tool !== undefined && (Number(group) === tool || Number(session) === tool);
      if (ofTool || (cookie !== undefined && environmentOf(name).includes(cookie))) strays.push({ pid, name: program });
    } catch {
      // It has ended meanwhile.
    }
  }
  return strays;
}

/** Empty for one of somebody else. */
function environmentOf(pid: string): Buffer {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    return Buffer.alloc(0);
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
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
    const door = (await readdir(directory).catch(() => [])).find((each) => each.endsWith(".sock") && each !== "agent.sock" && each !== "events.sock");
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

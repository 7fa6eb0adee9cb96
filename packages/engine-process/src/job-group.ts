import { mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { groupPlaces } from "./group-places.ts";

/** How often what is in a group is killed, and milliseconds between two times. */
const rounds = 300;
const interval = 10;

const prefix = "distronode-runner-";

/** Milliseconds. */
const youth = 600_000;

let places: readonly string[] | undefined;

/** A control group for one job: the path of its directory. Undefined where none can be made. */
export function makeGroup(id: string): string | undefined {
  if (places === undefined) {
    places = groupPlaces();
    places.forEach(sweep);
  }
  for (const place of places) {
    const path = join(place, `${prefix}${id}`);
    try {
      mkdirSync(path);
      return path;
    } catch {
      // Perhaps in the next hierarchy.
    }
  }
  return undefined;
}

/** Groups with nothing in them that somebody has left who was killed. A young one may be about to get its first process. */
function sweep(place: string): void {
  try {
    for (const name of readdirSync(place).filter((each) => each.startsWith(prefix))) {
      const path = join(place, name);
      if (Date.now() - statSync(path).mtimeMs > youth && processesIn(path).length === 0) removed(path);
    }
  } catch {
    // Somebody else was faster.
  }
}

/** Everything that the process starts from now on is in the group. Asynchronous, because the kernel may take some milliseconds. */
export async function enterGroup(path: string, pid: number): Promise<void> {
  await writeFile(join(path, "cgroup.procs"), String(pid));
}

/** Ends all that is in the group. What is in it cannot get away by being fast. */
export async function killGroup(path: string): Promise<void> {
  if (!basename(path).startsWith(prefix)) return;
  for (let round = 0; round < rounds && processesIn(path).length > 0; round += 1) {
    if (!write(path, "cgroup.kill", "1")) {
      // No more may be born, none may move: then all that are there are hit.
      write(path, "pids.max", "0");
      freeze(path, true);
      for (const pid of processesIn(path)) kill(pid);
      freeze(path, false);
    }
    await pause(round < 10 ? 1 : interval);
  }
}

/** Removes the group. What a job that ended by itself has left on purpose goes on in the group around it. */
export async function leaveGroup(path: string): Promise<void> {
  if (!basename(path).startsWith(prefix)) return;
  for (let round = 0; round < rounds; round += 1) {
    for (const pid of processesIn(path)) write(dirname(path), "cgroup.procs", String(pid));
    if (removed(path)) return;
    await pause(round < 10 ? 1 : interval);
  }
}

function freeze(path: string, frozen: boolean): void {
  if (!write(path, "cgroup.freeze", frozen ? "1" : "0")) write(path, "freezer.state", frozen ? "FROZEN" : "THAWED");
}

/** Those in groups that the job made below its own, too. */
function processesIn(path: string): readonly number[] {
  return [path, ...groupsBelow(path)].flatMap((each) => {
    try {
      return readFileSync(join(each, "cgroup.procs"), "utf8").split("\n").filter((line) => line !== "").map(Number);
    } catch {
      return [];
    }
  });
}

/** The deepest last. */
function groupsBelow(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).flatMap((entry) => [join(path, entry.name), ...groupsBelow(join(path, entry.name))]);
  } catch {
    return [];
  }
}

function removed(path: string): boolean {
  try {
    for (const each of [path, ...groupsBelow(path)].reverse()) rmdirSync(each);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

/** False if there is no such file, or it takes no such value. */
function write(path: string, name: string, value: string): boolean {
  try {
    writeFileSync(join(path, name), value, { flag: "r+" });
    return true;
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

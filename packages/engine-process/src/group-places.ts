import { readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Hierarchies of control groups in which a group of its own helps to end a job: the best first. Empty: version 2. */
const useful = ["", "freezer", "pids", "name=systemd"];

interface Mounted {
  readonly controllers: readonly string[];
  /** The part of the hierarchy that is mounted, and where. */
  readonly root: string;
  readonly place: string;
}

/** Directories of the control groups that this process is in, below which it may be allowed to make others. */
export function groupPlaces(mountinfo: string = read("/proc/self/mountinfo"), memberships: string = read("/proc/self/cgroup")): readonly string[] {
  const own = new Map<string, string>();
  for (const line of memberships.split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path !== undefined) for (const controller of controllers!.split(",")) own.set(controller, path);
  }
  const mounts = mountinfo.split("\n").flatMap((line) => mounted(line));
  return useful.flatMap((controller) => {
    const path = own.get(controller);
    const mount = mounts.find(({ controllers }) => controllers.includes(controller));
    if (path === undefined || mount === undefined) return [];
    const below = relative(mount.root, path);
    return below.startsWith("..") ? [] : [join(mount.place, below)];
  });
}

function mounted(line: string): readonly Mounted[] {
  const [left, right] = line.split(" - ");
  const [, , , root, place] = (left ?? "").split(" ");
  const [type, , options] = (right ?? "").split(" ");
  if (root === undefined || place === undefined) return [];
  if (type === "cgroup2") return [{ controllers: [""], root, place }];
  return type === "cgroup" ? [{ controllers: (options ?? "").split(","), root, place }] : [];
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

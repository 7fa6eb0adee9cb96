import { isAbsolute, join, relative, resolve } from "node:path";
import { RunnerError } from "@distronode-runner/contract";
import type { DataDirSnapshot, Probe } from "../data-dir/snapshot.ts";

/**
 * Values for `-i`, as the tool will see them. A name is looked for from the caller's directory, then in `inventory/` of the private
 * data directory; a comma list is handed over as it is. In a container, paths are those of `containerRoot`.
 */
export function planInventory(wanted: string | readonly string[] | undefined, snapshot: DataDirSnapshot, probe: Probe, cwd: string, containerRoot: string | undefined): readonly string[] {
  if (wanted === undefined) return snapshot.hasInventory ? [seen(join(snapshot.root, "inventory"), snapshot, containerRoot)] : [];
  const names = typeof wanted === "string" ? [wanted] : wanted;
  return names.map((name) => (name.includes(",") ? name : seen(find(name, snapshot, probe, cwd), snapshot, containerRoot)));
}

function find(name: string, snapshot: DataDirSnapshot, probe: Probe, cwd: string): string {
  const places = isAbsolute(name) ? [name] : [resolve(cwd, name), join(snapshot.root, "inventory", name)];
  const found = places.find((place) => probe(place) !== "missing");
  if (found !== undefined) return found;
  throw new RunnerError("REQUEST_INVALID", `The inventory ${name} does not exist.`, {
    location: { key: "--inventory" },
    hint: `Looked at ${places.join(" and ")}. A list of hosts needs a comma: "host1,"`,
  });
}

function seen(path: string, snapshot: DataDirSnapshot, containerRoot: string | undefined): string {
  if (containerRoot === undefined) return path;
  const below = relative(snapshot.root, path);
  if (!below.startsWith("..") && !isAbsolute(below)) return join(containerRoot, below);
  throw new RunnerError("MOUNT_REFUSED", `The inventory ${path} lies outside the private data directory, so the container can not see it.`, {
    location: { key: "--inventory" },
    hint: "Move it to inventory/ of the private data directory, or mount it there.",
  });
}

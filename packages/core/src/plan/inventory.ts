import { isAbsolute, join, resolve } from "node:path";
import { RunnerError } from "@distronode-runner/contract";
import type { DataDirSnapshot, Probe } from "../data-dir/snapshot.ts";
import type { PathMap } from "./path-map.ts";

/**
 * Values for `-i`, as the tool will see them. A name is looked for from the caller's directory, then in `inventory/` of the private data
 * directory; a comma list that is no such name is handed over as it is.
 */
export function planInventory(wanted: string | readonly string[] | undefined, snapshot: DataDirSnapshot, probe: Probe, cwd: string, paths: PathMap): readonly string[] {
  const own = join(snapshot.root, "inventory");
  if (wanted === undefined) return snapshot.hasInventory ? [paths.seen(readable(own, "inventory", probe), "inventory")] : [];
  const names = typeof wanted === "string" ? [wanted] : wanted;
  return names.map((name) => {
    const path = find(name, snapshot, probe, cwd);
    return path === undefined ? name : paths.seen(readable(path, "--inventory", probe), "--inventory");
  });
}

/** Undefined: it is a list of hosts. */
function find(name: string, snapshot: DataDirSnapshot, probe: Probe, cwd: string): string | undefined {
  const places = isAbsolute(name) ? [name] : [resolve(cwd, name), join(snapshot.root, "inventory", name)];
  const found = places.find((place) => probe(place) !== "missing");
  if (found !== undefined || name.includes(",")) return found;
  throw new RunnerError("REQUEST_INVALID", `The inventory ${name} does not exist.`, {
    location: { key: "--inventory" },
    hint: `Looked at ${places.join(" and ")}. A list of hosts needs a comma: "host1,"`,
  });
}

/** The tool opens an inventory several times, once for each kind that it might be. */
function readable(path: string, origin: string, probe: Probe): string {
  if (probe(path) !== "pipe") return path;
  throw new RunnerError("REQUEST_INVALID", `The inventory ${path} is a named pipe, which can be read only once.`, { location: { key: origin }, hint: "Write it to a file; a script that prints the inventory, executable, is run by the tool." });
}

import { isAbsolute, join } from "node:path";
import { RunnerError, type JobRequest, type PlannedValue } from "@distronode-runner/contract";
import type { DataDirSnapshot, Probe } from "../data-dir/snapshot.ts";
import { jobDirToken } from "./environment.ts";
import { shownText } from "./masking.ts";
import type { PathMap } from "./path-map.ts";
import type { Secrets } from "./secrets.ts";

/** Values of `-e`, weakest first, and the files they name: variables that came as data stand in a file, not in the arguments. */
export function planExtravars(request: JobRequest, snapshot: DataDirSnapshot, probe: Probe, paths: PathMap, isolated: boolean, secrets: Secrets): { readonly values: readonly string[]; readonly files: Readonly<Record<string, PlannedValue>> } {
  const path = join(snapshot.root, "env", "extravars");
  // A pipe has been read, and is empty now for the tool; and an isolated tool does not see the file.
  const piped: Readonly<Record<string, PlannedValue>> = snapshot.env.extravars !== undefined && (isolated || probe(path) === "pipe") ? { "extravars.yml": secrets.keep("env/extravars", snapshot.env.extravars) } : {};
  const written = snapshot.env.extravars === undefined ? [] : [`@${"extravars.yml" in piped ? `${jobDirToken}/extravars.yml` : paths.seen(path, "env/extravars")}`];
  const { extravars } = request;
  if (extravars === undefined) return { values: written, files: piped };
  if (typeof extravars === "string") {
    const file = isAbsolute(extravars) ? extravars : join(snapshot.root, extravars);
    if (probe(file) !== "file") throw new RunnerError("REQUEST_INVALID", `The file of extra variables ${shownText(file)} does not exist.`, { location: { key: "extravars" }, hint: "Name a file, absolute or below the private data directory, or give the variables themselves." });
    return { values: [...written, `@${paths.seen(file, "extravars")}`], files: piped };
  }
  return { values: [...written, `@${jobDirToken}/extravars.json`], files: { ...piped, "extravars.json": secrets.keep("extravars", JSON.stringify(extravars)) } };
}

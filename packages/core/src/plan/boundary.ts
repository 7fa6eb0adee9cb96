import { dirname, join } from "node:path";
import { boundaryDirectory, RunnerError, type JobBoundary, type Mount } from "@distronode-runner/contract";
import { envFileNames, type DataDirSnapshot } from "../data-dir/snapshot.ts";
import { below, neverShown, type View } from "./path-map.ts";
import { refuseLeaving, type Writable } from "./writable.ts";

export interface BoundaryInput {
  readonly snapshot: DataDirSnapshot;
  readonly view: View;
  readonly artifactDir: string;
  /** Where the tool takes its artifact directory to be. */
  readonly seenArtifactDir: string;
  /** What the tool has as its project. Absent: it has none. */
  readonly projectSource: string | undefined;
  readonly factCache: { readonly here: string; readonly seen: string };
  readonly writable: Writable;
  /** What the user has mounted besides. */
  readonly asked: readonly Mount[];
}

export interface PlannedBoundary {
  readonly boundary: JobBoundary;
  /** In this order: a later one may be shown within an earlier one. */
  readonly mounts: readonly Mount[];
  readonly warnings: readonly string[];
}

/** What the runner itself reads or writes at the top of a private data directory. */
const reserved = ["args", "artifacts", "daemon.log", "env", "pid"];

/**
 * What an isolated job sees of its private data directory: each entry by itself, so that none can be replaced by a link to somewhere else; of `env/` only what
 * is not the runner's, read-only; in place of all artifacts a directory of its own.
 */
export function planBoundary(input: BoundaryInput): PlannedBoundary {
  const { snapshot, view, artifactDir, projectSource, writable } = input;
  const { real } = writable;
  const home = join(artifactDir, boundaryDirectory);
  const root = join(home, "root");
  const artifactRoot = real(dirname(artifactDir));
  const [dataDir, jobs] = [real(snapshot.root), real(artifactDir)];
  refuseLeaving(dirname(artifactDir), "artifactDir", writable);
  refuseLeaving(snapshot.projectDir, "projectDir", writable);
  refuseLeaving(input.factCache.here, "fact_cache", writable);
  refuseArtifacts(dataDir, artifactRoot, jobs);

  const places: Record<string, "file" | "directory"> = { artifacts: "directory", env: "directory" };
  const warnings: string[] = [];
  const shown: Mount[] = [];
  for (const { name, kind, source } of snapshot.entries) {
    if (reserved.includes(name) || source === artifactRoot || (name === "project" && projectSource !== undefined && view.project === join(view.root, name))) continue;
    if (neverShown.includes(source)) {
      warnings.push(`${join(snapshot.root, name)} leads to ${source}, which is not shown to the job.`);
      continue;
    }
    places[name] = kind;
    shown.push({ source, target: join(view.root, name), readOnly: false, relabel: below(dataDir, source) === undefined ? "none" : "private" });
  }
  if (projectSource !== undefined) {
    const inside = below(view.root, view.project);
    if (inside !== undefined && shown.every(({ target }) => below(target, view.project) === undefined)) places[inside] = "directory";
    shown.push({ source: projectSource, target: view.project, readOnly: false, relabel: "private" });
  }
  const over = artifactMounts(input, root, artifactRoot, shown);
  for (const { target } of over) addPlace(places, view, shown, target);
  const facts = factMount(input, dataDir, shown);
  for (const { target } of facts) addPlace(places, view, shown, target);

  const env = join(home, "env");
  const envPlaces = Object.fromEntries(snapshot.envEntries.filter(({ name }) => !isRunners(name)).map(({ name, kind }) => [name, kind]));
  const envMounts = Object.entries(envPlaces)
    .filter(([, kind]) => typeof kind === "string")
    .map(([name]): Mount => ({ source: join(snapshot.root, "env", name), target: join(view.root, "env", name), readOnly: true, relabel: "private" }));
  for (const { source, target } of input.asked) {
    const inside = [join(dataDir, "env"), artifactRoot].find((path) => below(real(source), path) !== undefined);
    if (inside !== undefined) warnings.push(`The job sees ${inside}, which is the runner's, for ${source} is mounted as ${target}.`);
  }
  return {
    boundary: { root, env, places, envPlaces, reserved: [...new Set([...reserved, ...snapshot.entries.map(({ name }) => name).filter((name) => !(name in places)), ...firstOf(dataDir, artifactRoot)])] },
    mounts: [{ source: root, target: view.root, readOnly: false, relabel: "private" }, ...shown, { source: env, target: join(view.root, "env"), readOnly: true, relabel: "private" }, ...envMounts, ...over, ...facts],
    warnings,
  };
}

const isRunners = (name: string): boolean => (envFileNames as readonly string[]).includes(name);

/** Where the artifacts of all jobs would be part of what a job works in, nothing can stand for them. */
function refuseArtifacts(dataDir: string, artifactRoot: string, artifactDir: string): void {
  if (artifactRoot !== dataDir && below(artifactDir, dataDir) === undefined) return;
  throw new RunnerError("REQUEST_INVALID", `The artifacts of an isolated job cannot be kept in ${artifactRoot}: the job works there.`, { location: { key: "artifactDir" }, hint: "Name another directory, such as artifacts/ in the private data directory, which is the default." });
}

/** The job's own directory wherever else the artifacts of all jobs could be seen, and where a sandboxed tool looks for them. */
function artifactMounts({ view, seenArtifactDir }: BoundaryInput, root: string, artifactRoot: string, shown: readonly Mount[]): readonly Mount[] {
  const source = join(root, "artifacts");
  const targets = new Set<string>();
  for (const mount of shown) {
    const inside = below(mount.source, artifactRoot);
    if (inside === "") throw new RunnerError("REQUEST_INVALID", `The artifacts of an isolated job cannot be kept in ${artifactRoot}: the job works there.`, { location: { key: "artifactDir" }, hint: "Name a directory of their own." });
    if (inside !== undefined) targets.add(join(mount.target, inside));
  }
  const seen = dirname(seenArtifactDir);
  if (seen !== join(view.root, "artifacts")) targets.add(seen);
  return [...targets].map((target) => ({ source, target, readOnly: false, relabel: "private" }));
}

/** A cache of facts in the private data directory that is in nothing that is shown already. */
function factMount({ factCache: { here, seen }, artifactDir, snapshot }: BoundaryInput, dataDir: string, shown: readonly Mount[]): readonly Mount[] {
  if (below(artifactDir, here) !== undefined || below(snapshot.root, here) === undefined) return [];
  if (shown.some(({ target }) => below(target, seen) !== undefined)) return [];
  return [{ source: here, target: seen, readOnly: false, relabel: below(dataDir, here) === undefined ? "none" : "private" }];
}

/** The entry of a directory that a path is in. What a job makes under that name stays out of there. */
function firstOf(directory: string, path: string): readonly string[] {
  const inside = below(directory, path);
  return inside === undefined || inside === "" ? [] : [inside.split("/")[0]!];
}

/** Something can only be mounted on what is there. */
function addPlace(places: Record<string, "file" | "directory">, view: View, shown: readonly Mount[], target: string): void {
  const inside = below(view.root, target);
  if (inside === undefined || inside === "" || shown.some((mount) => below(mount.target, target) !== undefined)) return;
  places[inside] = "directory";
}

import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { lstat, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { boundaryDirectory, type JobBoundary, type JobPlan } from "@distronode-runner/contract";
import { removeEntry, SafeDirectory } from "@distronode-runner/safe-files";
import { layout } from "./classic-layout.ts";
import { LeftOut, takeOver } from "./take-over.ts";

/** The files of a job's artifacts that are the runner's alone. What the job itself left under such a name is not taken. */
const ours: ReadonlySet<string> = new Set([...Object.values(layout).filter((name) => name !== layout.factCache), boundaryDirectory, "sinks.ndjson", "daemon.log", "attach.key", "runner.json", "events.ndjson.room"]);

/** Makes the directories that an isolated job has for itself. Facts that somebody has put among the artifacts before the job are put where the job finds them. */
export async function makeOwnDirectories(directory: SafeDirectory, { boundary, ident }: Pick<JobPlan, "boundary" | "ident">): Promise<void> {
  if (boundary === undefined) return;
  await mkdir(directory.at(boundaryDirectory), { mode: 0o700 });
  makePlaces(boundary);
  const artifacts = join(boundary.root, "artifacts", ident);
  mkdirSync(artifacts, { recursive: true, mode: 0o700 });
  if ((await directory.stat(layout.factCache)) === undefined) return;
  mkdirSync(join(artifacts, layout.factCache), { mode: 0o700 });
  const [from, to] = [await directory.directory(layout.factCache), await SafeDirectory.open(join(artifacts, layout.factCache))];
  try {
    await takeOver(from, to, { reserved: new Set(), mode: privateMode, replace: false }, new LeftOut());
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}

/** Nobody but this process is in these directories yet. */
function makePlaces({ root, env, places, envPlaces }: JobBoundary): void {
  for (const path of [root, env]) mkdirSync(path, { mode: 0o700 });
  for (const [name, kind] of Object.entries(places)) {
    mkdirSync(join(root, kind === "directory" ? name : dirname(name)), { recursive: true, mode: 0o700 });
    if (kind === "file") writeFileSync(join(root, name), "", { flag: "wx", mode: 0o600 });
  }
  for (const [name, kind] of Object.entries(envPlaces)) {
    if (kind === "directory") mkdirSync(join(env, name), { mode: 0o700 });
    else if (kind === "file") writeFileSync(join(env, name), "", { flag: "wx", mode: 0o600 });
    else symlinkSync(kind.link, join(env, name));
  }
  // Where it is mounted for writing, by mistake or by another engine, it still refuses.
  chmodSync(env, 0o500);
}

/**
 * Takes what the job left in its own directories into the artifacts and, at the top of the private data directory, what it made there. Returns a sentence for
 * each file that was left out.
 */
export async function collectOwnFiles(directory: SafeDirectory, plan: Pick<JobPlan, "boundary" | "ident" | "privateDataDir">): Promise<readonly string[]> {
  const left = new LeftOut();
  const own = await open(directory, boundaryDirectory);
  const root = own === undefined ? undefined : await open(own, "root");
  const artifacts = root === undefined ? undefined : await open(root, "artifacts");
  const mine = artifacts === undefined ? undefined : await open(artifacts, plan.ident);
  try {
    if (mine !== undefined) await takeOver(mine, directory, { reserved: ours, mode: privateMode, replace: true }, left);
    for await (const { name } of artifacts?.entries() ?? []) if (name !== plan.ident) left.add(`artifacts/${name}`, "it is not in the directory of the job's own artifacts");
    if (root !== undefined && plan.boundary !== undefined) await takeNewEntries(root, plan.boundary, plan.privateDataDir, left);
  } finally {
    for (const each of [mine, artifacts, root, own]) await each?.close();
  }
  return left.sentences;
}

async function takeNewEntries(root: SafeDirectory, boundary: JobBoundary, privateDataDir: string, left: LeftOut): Promise<void> {
  const passed = new Set(Object.keys(boundary.places).map((path) => path.split("/")[0]!));
  if (!(await hasOthers(root, passed))) return;
  // The data directory itself may be reached over a link of its owner's.
  if (!(await lstat(`${privateDataDir}/.`)).isDirectory()) return;
  const target = await SafeDirectory.open(`${privateDataDir}/.`, privateDataDir);
  try {
    await takeOver(root, target, { reserved: new Set(boundary.reserved), passed, mode: (mode) => mode & 0o755 | 0o600, replace: false }, left);
  } finally {
    await target.close();
  }
}

async function hasOthers(directory: SafeDirectory, known: ReadonlySet<string>): Promise<boolean> {
  for await (const { name } of directory.entries()) if (!known.has(name)) return true;
  return false;
}

/** Removes what the job had for itself. What cannot be removed stays until the artifacts go. */
export async function removeOwnDirectories(directory: SafeDirectory): Promise<void> {
  await removeEntry(directory, boundaryDirectory).catch(() => {});
}

/** Undefined: there is none, or the job has put something else in its place. */
async function open(parent: SafeDirectory, name: string): Promise<SafeDirectory | undefined> {
  return parent.directory(name).catch(() => undefined);
}

const privateMode = (mode: number): number => (mode & 0o700) | 0o600;

import { join } from "node:path";
import { isFinal, type JobStatus, type JobSummary } from "@distronode-runner/contract";
import { SafeDirectory } from "@distronode-runner/safe-files";
import { isWithin, resolved } from "./system-places.ts";

/** Why a private data directory may still be in use by a job. Undefined: no job is known that is. */
export async function jobIn(path: string, jobs: readonly JobSummary[]): Promise<string | undefined> {
  const real = resolved(path);
  const running = jobs.find(({ privateDataDir, artifactDir }) => [privateDataDir, artifactDir].some((place) => place !== undefined && isWithin(resolved(place), real)));
  if (running !== undefined) return running.runner === "gone" ? `the runner of its job ${running.ident} was killed, and doctor --fix has not settled it` : `its job ${running.ident} has not ended`;
  const open = await openArtifacts(path);
  return open === undefined ? undefined : `${open} is of a job without a final status: cancel settles it, if that job is one of this machine`;
}

/** Artifacts that do not say how their job ended: it may run as another user, with another runtime directory, on another machine. */
async function openArtifacts(path: string): Promise<string | undefined> {
  const artifacts = await opened(`${join(path, "artifacts")}/.`);
  if (artifacts === undefined) return undefined;
  try {
    for (const { name, kind } of await artifacts.list()) {
      if (kind === "directory" && !(await hasEnded(artifacts, name))) return join(path, "artifacts", name);
    }
    return undefined;
  } finally {
    await artifacts.close();
  }
}

async function hasEnded(artifacts: SafeDirectory, name: string): Promise<boolean> {
  let directory: SafeDirectory | undefined;
  try {
    directory = await artifacts.directory(name);
    const status = await directory.text("status", 100);
    if (status !== undefined) return isFinal(status as JobStatus);
    // No job has begun to write here.
    return (await directory.stat("events.ndjson")) === undefined;
  } catch {
    return false;
  } finally {
    await directory?.close();
  }
}

async function opened(path: string): Promise<SafeDirectory | undefined> {
  return SafeDirectory.open(path).catch((error: NodeJS.ErrnoException) => {
    // A file, or a link that leads to one or to nothing: there are no artifacts.
    if (["ENOENT", "ENOTDIR", "ELOOP", "ARTIFACTS_DAMAGED"].includes(error.code ?? "")) return undefined;
    throw error;
  });
}

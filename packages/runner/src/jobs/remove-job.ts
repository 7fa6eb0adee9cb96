import { access } from "node:fs/promises";
import { join } from "node:path";
import { RunnerError, type JobSummary } from "@distronode-runner/contract";
import { removeTree } from "@distronode-runner/safe-files";
import type { JobFinder } from "./job-finder.ts";

/** Removes the artifacts of a job that has ended. */
export async function removeJob(finder: JobFinder, job: string): Promise<JobSummary> {
  const found = await finder.find(job);
  const { ident, artifactDir } = found;
  if (found.runner !== "ended" || (await finder.live()).some((report) => report.artifactDir === artifactDir)) {
    throw new RunnerError("JOB_CONFLICT", `The job ${ident} in ${artifactDir} has not ended.`, { location: { file: artifactDir }, hint: `distronode-runner cancel ${artifactDir} ends it.` });
  }
  // A file named status alone is no proof that a directory is one that a runner has made.
  const ofJob = await Promise.all(["rc", "stdout", "record.json", "events.ndjson"].map((name) => access(join(artifactDir, name)).then(() => true, () => false)));
  if (ofJob.filter((there) => there).length < 2) throw new RunnerError("JOB_NOT_FOUND", `${artifactDir} holds no artifacts of a job.`, { location: { file: artifactDir }, hint: "Name the directory that holds events.ndjson, or the job's ident." });
  await removeTree(artifactDir);
  await finder.forget(found);
  return found;
}

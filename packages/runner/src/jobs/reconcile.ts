import { isRunnerError, type JobHandle, type Reconciliation } from "@distronode-runner/contract";
import type { JobFinder, Orphan } from "./job-finder.ts";

export interface ReconcileParts {
  readonly finder: JobFinder;
  /** Becomes the runner of a job that runs. Rejects with `JOB_CONFLICT` if it has one, with `JOB_LOST` if nobody can go on with it. */
  adopt(orphan: Orphan): Promise<JobHandle>;
  /** Whether the job is to go on without a runner. */
  continues(job: JobHandle): boolean;
  /** Lets go of a job, which goes on. */
  leave(job: JobHandle): Promise<void>;
  /** Says in the artifacts that the job was lost, unless they are complete already: then false. */
  finalize(artifactDir: string, ident: string): Promise<boolean>;
}

/** Every container whose runner has gone is taken over, or stopped and removed; no artifacts stay without a final status. */
export async function reconcile(parts: ReconcileParts, continuing: "adopt" | "leave"): Promise<readonly Reconciliation[]> {
  const orphans = await parts.finder.orphans();
  const done = await Promise.all(orphans.map((orphan) => settle(parts, orphan, continuing)));
  const abandoned = await parts.finder.abandoned();
  const lost = await Promise.all(abandoned.map(async (job): Promise<readonly Reconciliation[]> => ((await parts.finalize(job.artifactDir, job.ident)) ? [{ ...job, action: "lost" }] : [])));
  return [...done.flat(), ...lost.flat()];
}

async function settle(parts: ReconcileParts, orphan: Orphan, continuing: "adopt" | "leave"): Promise<readonly Reconciliation[]> {
  const { engine, container, ident, artifactDir } = orphan;
  if (container.phase === "running" && engine.supports.exec) {
    try {
      const job = await parts.adopt(orphan);
      if (!parts.continues(job)) {
        void job.cancel();
        return [{ ident, artifactDir, action: "canceled", job }];
      }
      if (continuing === "adopt") return [{ ident, artifactDir, action: "adopted", job }];
      await parts.leave(job);
      return [{ ident, artifactDir, action: "left" }];
    } catch (error) {
      // Somebody was faster, or its shim has ended meanwhile.
      if (!isRunnerError(error) || error.code === "JOB_CONFLICT") return [];
    }
  }
  await engine.remove(container.id).catch(() => {});
  return [{ ident, artifactDir, action: (await parts.finalize(artifactDir, ident)) ? "lost" : "removed" }];
}

import type { Reconciliation, Runner } from "@distronode-runner/contract";
import { launchStandIn } from "../daemon/stand-in.ts";

/** A job whose runner had gone, and what was done about it. */
export interface SettledJob {
  readonly ident: string;
  readonly artifactDir: string;
  readonly action: Reconciliation["action"] | "none";
}

/** Settles what killed runners left. Jobs that are to go on get a runner in the background. Resolves when the others are gone. */
export async function settle(runner: Runner): Promise<readonly SettledJob[]> {
  const found = await runner.reconcile({ continuing: "leave" });
  return Promise.all(
    found.map(async ({ ident, artifactDir, action, job }): Promise<SettledJob> => {
      await job?.result;
      if (action !== "left") return { ident, artifactDir, action };
      await launchStandIn({ ident, artifactDir, status: "running", runner: "gone" });
      return { ident, artifactDir, action: "adopted" };
    }),
  );
}

/** The same jobs, left alone. */
export async function unsettled(runner: Runner): Promise<readonly SettledJob[]> {
  const jobs = await runner.jobs();
  return jobs.filter((job) => job.runner === "gone").map(({ ident, artifactDir }) => ({ ident, artifactDir, action: "none" }));
}

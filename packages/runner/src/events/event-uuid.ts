import type { JobPlan } from "@distronode-runner/contract";
import { jobIdOf } from "@distronode-runner/core";

/** Ids for events that have none of their own: the job's, its last twelve digits replaced by the event's counter. */
export function eventUuid(plan: Pick<JobPlan, "labels">): (counter: number) => string {
  const head = jobIdOf(plan.labels).slice(0, 24);
  return (counter) => head + counter.toString(16).padStart(12, "0");
}

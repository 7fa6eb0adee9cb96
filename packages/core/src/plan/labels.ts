import type { Labels } from "@distronode-runner/contract";

/** Prefix of our labels; any process finds the containers of all jobs by `jobLabel`. */
const prefix = "org.distronode.runner";
const jobLabel = `${prefix}.job`;
export const identLabel: string = `${prefix}.ident`;
export const artifactsLabel: string = `${prefix}.artifacts`;
export const runtimeLabel: string = `${prefix}.runtime`;
/** `cancel` or `continue`: `JobPlan.ownerGone`. */
export const ownerGoneLabel: string = `${prefix}.owner-gone`;
export const ownerLabel: string = `${prefix}.owner`;
const versionLabel = `${prefix}.version`;

export interface LabeledJob {
  readonly jobId: string;
  readonly ident: string;
  /** Process that made it: where its number means something, a colon, and its number. */
  readonly owner: string;
  /** Of the owner's runtime directory: who has another one cannot say whether the owner is there. */
  readonly runtimeDir: string;
  readonly ownerGone: "cancel" | "continue";
  readonly version: string;
  /** Directory of its artifacts, on the owner's machine. */
  readonly artifactDir: string;
}

export function jobLabels(job: LabeledJob): Labels {
  return { [jobLabel]: job.jobId, [identLabel]: job.ident, [ownerLabel]: job.owner, [runtimeLabel]: job.runtimeDir, [ownerGoneLabel]: job.ownerGone, [versionLabel]: job.version, [artifactsLabel]: job.artifactDir };
}

/** The job's own id, a UUID; empty for labels that are none of ours. */
export function jobIdOf(labels: Labels): string {
  return labels[jobLabel] ?? "";
}

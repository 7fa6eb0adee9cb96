import type { Labels } from "@distronode-runner/contract";

/** Prefix of our labels; any process finds the containers of all jobs by `jobLabel`. */
const prefix = "org.distronode.runner";
const jobLabel = `${prefix}.job`;
const identLabel = `${prefix}.ident`;
export const ownerLabel: string = `${prefix}.owner`;
const versionLabel = `${prefix}.version`;

export function jobLabels(job: { readonly jobId: string; readonly ident: string; readonly owner: string; readonly version: string }): Labels {
  return { [jobLabel]: job.jobId, [identLabel]: job.ident, [ownerLabel]: job.owner, [versionLabel]: job.version };
}

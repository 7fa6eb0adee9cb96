import type { Labels } from "@distronode-runner/contract";

/** Prefix of our labels; any process finds the containers of all jobs by `jobLabel`. */
const prefix = "org.distronode.runner";
export const jobLabel: string = `${prefix}.job`;
export const identLabel: string = `${prefix}.ident`;
export const ownerLabel: string = `${prefix}.owner`;
export const versionLabel: string = `${prefix}.version`;

export function jobLabels(job: { readonly jobId: string; readonly ident: string; readonly owner: string; readonly version: string }): Labels {
  return { [jobLabel]: job.jobId, [identLabel]: job.ident, [ownerLabel]: job.owner, [versionLabel]: job.version };
}

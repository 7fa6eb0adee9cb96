import type { JobRequest } from "@distronode-runner/contract";

export const image: string = process.env["DISTRONODE_RUNNER_TEST_IMAGE"] ?? "localhost/distronode-runner-ee:bookworm";

/** Images with other versions of the automation tool. */
export const otherImages: readonly string[] = (process.env["DISTRONODE_RUNNER_TEST_OTHER_IMAGES"] ?? "").split(",").filter((name) => name !== "");

/** Container engines that were asked for; one that is asked for and can not be had fails its tests. */
export const engines: readonly string[] = (process.env["DISTRONODE_RUNNER_TEST_ENGINES"] ?? "").split(",").filter((name) => name !== "");

export type Execution = "host" | (string & {});
export const executions: readonly Execution[] = ["host", ...engines];

/** The part of a request that says where the job runs. */
export function isolation(execution: Execution, containerImage: string = image): Partial<JobRequest> {
  return execution === "host" ? {} : { processIsolation: true, processIsolationExecutable: execution, containerImage };
}

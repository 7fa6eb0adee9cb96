import { isRunnerError, RunnerError, type JobPlan } from "@distronode-runner/contract";

/** Says of an image that has no Python what it lacks, whatever the engine was doing when it noticed. Any other error stays as it is. */
export function unsuitable(error: unknown, execution: JobPlan["execution"]): unknown {
  if (!isRunnerError(error) || error.code !== "IMAGE_UNSUITABLE" || execution.kind !== "container" || !/python3/.test(error.message)) return error;
  return new RunnerError("IMAGE_UNSUITABLE", `The image ${execution.image} cannot run jobs: it has no python3.`, {
    hint: "Jobs need Python 3.6 or newer as python3 on the PATH of the image, and the automation tool. Take an execution environment image, or add Python to this one.",
    location: { key: "container_image" },
    cause: error,
  });
}

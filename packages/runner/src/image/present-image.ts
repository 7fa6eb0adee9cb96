import { parseImageReference, RunnerError, type ContainerExecution, type Engine, type ImageInfo } from "@distronode-runner/contract";
import { checkPlatform } from "./check-platform.ts";

/** The image if it is here already and the policy is content with that. Rejects when it is not here and may, or can, not be fetched. */
export async function presentImage(engine: Engine, execution: ContainerExecution): Promise<ImageInfo | undefined> {
  const present = await engine.image(execution.image);
  if (present === undefined) {
    if (execution.pull === "never" || isLocal(execution.image)) throw absent(engine, execution);
    return undefined;
  }
  if (!isLocal(execution.image) && (execution.pull === "always" || execution.pull === "newer")) return undefined;
  await checkPlatform(engine, execution, present);
  return present;
}

function absent(engine: Engine, execution: ContainerExecution): RunnerError {
  return new RunnerError("IMAGE_NOT_FOUND", `The image ${execution.image} is not present in ${engine.name}.`, {
    location: { key: "container_image" },
    hint: isLocal(execution.image)
      ? "Names under localhost/ are never pulled: build or import the image, or correct the name."
      : "No registry may be asked (--offline, or the pull policy never): pull or load the image first, or leave that out.",
  });
}

/** The engines keep this name for images that were made here. */
export const isLocal = (reference: string): boolean => parseImageReference(reference).registry === "localhost";

import { RunnerError, type ContainerExecution, type Engine, type ImageInfo, type PullProgress } from "@distronode-runner/contract";
import type { Planned } from "@distronode-runner/core";

/** The image if it is here already and the policy is content with that. Rejects when it is not here and may, or can, not be fetched. */
export async function presentImage(engine: Engine, execution: ContainerExecution): Promise<ImageInfo | undefined> {
  const present = await engine.image(execution.image);
  if (present !== undefined) return execution.pull === "always" && !isLocal(execution.image) ? undefined : present;
  if (execution.pull === "never" || isLocal(execution.image)) {
    throw new RunnerError("IMAGE_NOT_FOUND", `The image ${execution.image} is not present in ${engine.name}.`, {
      location: { key: "container_image" },
      hint: isLocal(execution.image) ? "Names under localhost/ are never pulled: build or import the image, or correct the name." : "The pull policy is never: pull the image first, or allow it with container_pull_policy: missing.",
    });
  }
  return undefined;
}

export async function pullImage(engine: Engine, execution: ContainerExecution, planned: Planned, signal: AbortSignal, onProgress: (progress: PullProgress) => void): Promise<ImageInfo> {
  const { credentials } = planned;
  const mine = credentials !== undefined && execution.image.startsWith(`${credentials.registry}/`) ? credentials : undefined;
  return engine.pull(
    {
      reference: execution.image,
      ...(execution.options.platform === undefined ? {} : { platform: execution.options.platform }),
      ...(mine === undefined ? {} : { credentials: mine, verifyTls: mine.verifyTls }),
    },
    { signal, onProgress },
  );
}

/** The engines keep this name for images that were made here. */
const isLocal = (reference: string): boolean => reference.startsWith("localhost/");

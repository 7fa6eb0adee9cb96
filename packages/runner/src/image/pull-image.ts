import { setTimeout as sleep } from "node:timers/promises";
import {
  errorTable,
  isRunnerError,
  normalisedRegistryKey,
  parseImageReference,
  registryKeys,
  RunnerError,
  type ContainerExecution,
  type Engine,
  type ImageInfo,
  type Keychain,
  type PullProgress,
  type PullRequest,
  type RegistryTarget,
} from "@distronode-runner/contract";
import type { RegistrySettings } from "@distronode-runner/core";
import { backOff, type Pace } from "../sinks/back-off.ts";
import { checkPlatform } from "./check-platform.ts";

/** How often a registry that can not be reached is asked. */
const attempts = 4;
const pace: Pace = { first: 1, longest: 8 };

export interface PullContext {
  readonly execution: Pick<ContainerExecution, "image" | "pull" | "pullTimeout" | "options">;
  /** What the job's own settings say of a registry. */
  readonly registry: RegistrySettings | undefined;
  readonly keychain: Keychain | undefined;
  readonly signal: AbortSignal;
  onProgress(progress: PullProgress): void;
  /** Something that did not work, and what is done instead. */
  onTrouble(message: string): void;
}

/** Fetches the image, within its time. What is a matter of the network is tried again, less and less often. */
export async function pullImage(engine: Engine, context: PullContext): Promise<ImageInfo> {
  const { execution, signal } = context;
  const limit = execution.pullTimeout === 0 ? undefined : AbortSignal.timeout(execution.pullTimeout * 1000);
  try {
    const image = await persistently(engine, context, limit === undefined ? signal : AbortSignal.any([signal, limit]));
    await checkPlatform(engine, execution, image);
    return image;
  } catch (error) {
    if (limit?.aborted !== true || signal.aborted) throw error;
    throw new RunnerError("REGISTRY_UNREACHABLE", `The image ${execution.image} could not be pulled within ${execution.pullTimeout} s.`, { location: { key: "container_pull_timeout" }, hint: "Raise container_pull_timeout, or pull the image beforehand.", cause: error });
  }
}

async function persistently(engine: Engine, context: PullContext, signal: AbortSignal): Promise<ImageInfo> {
  const { execution } = context;
  const request = await pullRequest(engine, context, signal);
  for (let failures = 1; ; failures += 1) {
    try {
      return await engine.pull(request, { signal, onProgress: (progress) => context.onProgress(progress) });
    } catch (error) {
      if (signal.aborted || !isRunnerError(error) || errorTable[error.code].actor !== "network") throw error;
      const present = execution.pull === "newer" ? await engine.image(execution.image, { signal }) : undefined;
      if (present !== undefined) {
        context.onTrouble(`${error.message} The image that is here is used.`);
        return present;
      }
      if (failures === attempts) throw error;
      const seconds = backOff(failures, pace);
      context.onTrouble(`${error.message} Next attempt in ${Math.round(seconds)} s.`);
      await sleep(seconds * 1000, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

async function pullRequest(engine: Engine, { execution, registry, keychain }: PullContext, signal: AbortSignal): Promise<PullRequest> {
  const target = parseImageReference(execution.image);
  const own = registry !== undefined && concerns(registry, target) ? registry : undefined;
  const found = own?.credentials ?? (await keychain?.resolve(target, { signal }));
  const verifyTls = own?.verifyTls;
  if (verifyTls === false && !engine.supports.insecurePull && !isLoopback(target.registry)) {
    throw new RunnerError("ENGINE_INCOMPATIBLE", `${engine.name} can not leave the certificate of ${target.registry} unverified for one pull.`, {
      location: { key: "container_auth_data.verify_ssl" },
      hint: `Name ${target.registry} in insecure-registries of the daemon, give it the authority's certificate (/etc/docker/certs.d/${target.registry}/ca.crt), or use podman.`,
    });
  }
  return {
    reference: execution.image,
    ...(verifyTls === undefined ? {} : { verifyTls }),
    ...(execution.options.platform === undefined ? {} : { platform: execution.options.platform }),
    ...(found === undefined || "anonymous" in found ? {} : { credentials: found }),
  };
}

const concerns = ({ host }: RegistrySettings, target: RegistryTarget): boolean => registryKeys(target).includes(normalisedRegistryKey(host));

/** Docker does not verify these. */
const isLoopback = (registry: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(registry);

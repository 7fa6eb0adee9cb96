import { RunnerError, type ContainerExecution, type Mount } from "@distronode-runner/contract";
import { listOf } from "../settings/list-of.ts";
import type { EffectiveSettings } from "../settings/effective-settings.ts";
import { containerName } from "./container-name.ts";
import { parseContainerOptions } from "./container-options.ts";
import { engineName } from "./engine-name.ts";
import { isShown } from "./masking.ts";
import { parseMount, type MountContext } from "./mounts.ts";
import type { Secrets } from "./secrets.ts";

/** What the user asked for in the engines' own words. */
export interface ContainerSettings {
  readonly options: ReturnType<typeof parseContainerOptions>;
  /** Of `container_volume_mounts`, then of `container_options`. */
  readonly mounts: readonly Mount[];
}

export function parseContainerSettings({ values, origin }: EffectiveSettings, context: MountContext): ContainerSettings {
  const mounts = listOf(values.container_volume_mounts).map((text) => parseMount(text, origin("container_volume_mounts"), context));
  const options = parseContainerOptions(listOf(values.container_options), origin("container_options"), context);
  return { options, mounts: [...mounts, ...options.mounts] };
}

export interface ContainerJob {
  readonly ident: string;
  readonly offline: boolean;
  /** The job's boundary, before everything else. */
  readonly boundary: readonly Mount[];
  /** What the job needs besides its own directories; the user's mounts come after them. */
  readonly mounts: readonly Mount[];
}

export function planContainer({ values, origin }: EffectiveSettings, { options, mounts }: ContainerSettings, job: ContainerJob, secrets: Secrets): { readonly execution: ContainerExecution; readonly labels: Readonly<Record<string, string>> } {
  if (values.container_image === undefined || values.container_image === "") {
    throw new RunnerError("REQUEST_INVALID", "No image was named for a job in a container: container_image is required with process_isolation.", {
      location: { key: "container_image" },
      hint: "Give --container-image, or set container_image in env/settings.",
    });
  }
  if (!/^[A-Za-z0-9][\w.\-/:@]*$/.test(values.container_image)) {
    throw new RunnerError("REQUEST_INVALID", `${JSON.stringify(values.container_image)} is not the name of an image.`, { location: { key: origin("container_image") }, hint: "Names look like registry.example:5000/team/image:tag or name@sha256:..." });
  }
  return {
    execution: {
      kind: "container",
      engine: engineName(values.process_isolation_executable),
      image: values.container_image,
      pull: job.offline ? "never" : (options.pull ?? values.container_pull_policy ?? "missing"),
      pullTimeout: values.container_pull_timeout ?? 0,
      containerName: containerName(job.ident),
      mounts: [...job.boundary, ...job.mounts, ...mounts],
      ...(Object.keys(options.limits).length === 0 ? {} : { limits: options.limits }),
      options: {
        ...options.choices,
        ...withoutDeviceFiles(options.choices),
        environment: Object.fromEntries(Object.entries(options.environment).map(([name, value]) => [name, isShown(name, value) ? { value } : secrets.keep(`${origin("container_options")}#${name}`, value)])),
      },
    },
    labels: options.labels,
  };
}

/** What a job writes lies on this machine: a device file that root in the container made there would be one here, for whoever reaches it. Asked for, it is left. */
function withoutDeviceFiles({ capabilities, privileged }: ContainerSettings["options"]["choices"]): Pick<ContainerExecution["options"], "capabilities"> {
  const { add = [], drop = [] } = capabilities ?? {};
  if (privileged === true || add.some((name) => /^(?:(?:CAP_)?MKNOD|ALL)$/i.test(name))) return {};
  return { capabilities: { add, drop: [...drop, "MKNOD"] } };
}

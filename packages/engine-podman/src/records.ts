import { parseImageReference, type ContainerExit, type ContainerPhase, type ContainerSummary, type ImageInfo } from "@distronode-runner/contract";

/** The part of libpod's answers that is read. */
export interface InspectedContainer {
  readonly Id: string;
  readonly State: { readonly Status: string; readonly Running: boolean; readonly ExitCode: number; readonly OOMKilled: boolean; readonly Error?: string };
}

export interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Image: string;
}

export interface InspectedImage {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
  readonly Os?: string;
  readonly Architecture?: string;
  readonly Size?: number;
  readonly User?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

export interface ListedImage {
  readonly Id: string;
  readonly Labels: Readonly<Record<string, string>> | null;
}

/** One line of a pull's answer. */
export interface PullLine {
  readonly stream?: string;
  readonly error?: string;
  readonly images?: readonly string[];
  readonly id?: string;
}

export function toPhase(status: string): ContainerPhase {
  switch (status) {
    case "created":
    case "configured":
    case "initialized":
      return "created";
    case "exited":
    case "stopped":
    case "removing":
      return "exited";
    default:
      return "running";
  }
}

/** Undefined while it has not exited. `stopped` is an exit whose clean-up is still under way; its code is known. */
export function toExit({ State: state }: InspectedContainer): ContainerExit | undefined {
  return state.Status === "exited" || state.Status === "stopped" ? { exitCode: state.ExitCode, outOfMemory: state.OOMKilled } : undefined;
}

export function toSummary(listed: ListedContainer): ContainerSummary {
  return { id: listed.Id, name: listed.Names[0] ?? "", phase: toPhase(listed.State), labels: listed.Labels ?? {}, image: listed.Image };
}

export function toImage(image: InspectedImage, reference: string): ImageInfo {
  const digest = digestOf(image.RepoDigests ?? [], reference);
  return {
    id: image.Id.startsWith("sha256:") ? image.Id : `sha256:${image.Id}`,
    references: image.RepoTags ?? [],
    ...(digest === undefined ? {} : { digest }),
    ...(image.Os === undefined ? {} : { os: image.Os }),
    ...(image.Architecture === undefined ? {} : { architecture: image.Architecture }),
    user: image.User ?? "",
    labels: image.Labels ?? {},
    ...(image.Size === undefined ? {} : { sizeBytes: image.Size }),
  };
}

/** Podman makes up digests for local images too; they mean nothing to a registry. */
function digestOf(digests: readonly string[], reference: string): string | undefined {
  const foreign = digests.filter((digest) => !digest.startsWith("localhost/"));
  const repository = repositoryOf(reference);
  const own = foreign.find((digest) => repositoryOf(digest) === repository) ?? foreign[0];
  return own?.slice(own.indexOf("@") + 1);
}

function repositoryOf(reference: string): string | undefined {
  try {
    return parseImageReference(reference).repository;
  } catch {
    // An image id.
    return undefined;
  }
}

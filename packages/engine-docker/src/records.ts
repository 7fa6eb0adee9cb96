import { parseImageReference, type ContainerExit, type ContainerPhase, type ContainerSummary, type ImageInfo, type PullProgress } from "@distronode-runner/contract";

/** The part of the daemon's answers that is read. */
export interface InspectedContainer {
  readonly Id: string;
  readonly State: { readonly Status: string; readonly Running: boolean; readonly ExitCode: number; readonly OOMKilled: boolean; readonly Error: string };
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
  readonly Config: { readonly User?: string; readonly Labels?: Readonly<Record<string, string>> | null } | null;
}

export interface PullLine {
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

export function toPhase(status: string): ContainerPhase {
  if (status === "created") return "created";
  return status === "exited" || status === "dead" || status === "removing" ? "exited" : "running";
}

/** Undefined while it has not exited. */
export function toExit({ State: state }: InspectedContainer): ContainerExit | undefined {
  return toPhase(state.Status) === "exited" ? { exitCode: state.ExitCode, outOfMemory: state.OOMKilled } : undefined;
}

export function toSummary(listed: ListedContainer): ContainerSummary {
  return {
    id: listed.Id,
    name: (listed.Names[0] ?? "").replace(/^\//, ""),
    phase: toPhase(listed.State),
    labels: listed.Labels ?? {},
    image: listed.Image,
  };
}

export function toImage(image: InspectedImage, reference: string): ImageInfo {
  const digest = digestOf(image.RepoDigests ?? [], reference);
  return {
    id: image.Id,
    references: image.RepoTags ?? [],
    ...(digest === undefined ? {} : { digest }),
    ...(image.Os === undefined ? {} : { os: image.Os }),
    ...(image.Architecture === undefined ? {} : { architecture: image.Architecture }),
    user: image.Config?.User ?? "",
    labels: image.Config?.Labels ?? {},
    ...(image.Size === undefined ? {} : { sizeBytes: image.Size }),
  };
}

export function toProgress({ status = "", id, progressDetail }: PullLine): PullProgress {
  return {
    message: id === undefined ? status : `${id}: ${status}`,
    ...(id === undefined ? {} : { layer: id }),
    ...(progressDetail?.current === undefined ? {} : { currentBytes: progressDetail.current }),
    ...(progressDetail?.total === undefined ? {} : { totalBytes: progressDetail.total }),
  };
}

/** The digest under which the image's own repository knows it. */
function digestOf(digests: readonly string[], reference: string): string | undefined {
  const repository = repositoryOf(reference);
  const own = digests.find((digest) => repositoryOf(digest) === repository) ?? digests[0];
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

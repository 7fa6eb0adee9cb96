import { RunnerError } from "./errors.ts";

export interface ImageReference {
  /** Registry host, with its port if it has one: `docker.io`, `localhost`, `registry.example:5000`. */
  readonly registry: string;
  /** Path within the registry; single names of docker.io belong to `library`. */
  readonly path: string;
  /** `latest` where neither tag nor digest was given. */
  readonly tag?: string;
  /** `sha256:...` */
  readonly digest?: string;
  /** `registry/path`. */
  readonly repository: string;
}

const pattern = /^(?<name>[a-zA-Z0-9][a-zA-Z0-9._:\-/[\]]*?)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>[a-z0-9+._-]+:[0-9a-fA-F]{32,}))?$/;
const pathPattern = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;

/** The parts of an image reference, with the defaults that every engine fills in. */
export function parseImageReference(reference: string): ImageReference {
  const groups = pattern.exec(reference)?.groups;
  const [registry, path] = split(groups?.["name"] ?? "");
  if (groups === undefined || !pathPattern.test(path)) {
    throw new RunnerError("REQUEST_INVALID", `${JSON.stringify(reference)} is not a valid image reference.`, { hint: "Write registry/name:tag, in lower case up to the tag." });
  }
  const { tag, digest } = groups;
  return {
    registry,
    path,
    repository: `${registry}/${path}`,
    ...(digest === undefined ? { tag: tag ?? "latest" } : { ...(tag === undefined ? {} : { tag }), digest }),
  };
}

/** The first part is a registry if it looks like a host: a dot, a port, or `localhost`. */
function split(name: string): [registry: string, path: string] {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  if (first !== "localhost" && !/[.:]/.test(first)) return ["docker.io", slash < 0 ? `library/${name}` : name];
  const registry = first === "index.docker.io" ? "docker.io" : first;
  const path = name.slice(slash + 1);
  return [registry, registry === "docker.io" && !path.includes("/") ? `library/${path}` : path];
}

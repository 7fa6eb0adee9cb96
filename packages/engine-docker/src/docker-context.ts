import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RunnerError } from "@distronode-runner/contract";
import type { TlsFiles } from "./find-daemon.ts";

/** A place that `docker context create` has written down. */
export interface DockerContext {
  readonly host: string;
  readonly tls?: TlsFiles;
}

/** Reads a context from the directory of docker's configuration; each is in a directory named after the hash of its name. */
export async function readContext(name: string, directory: string): Promise<DockerContext> {
  const place = createHash("sha256").update(name).digest("hex");
  const file = join(directory, "contexts/meta", place, "meta.json");
  const refuse = (fault: string, cause?: unknown): RunnerError =>
    new RunnerError("SETTINGS_INVALID", `The docker context ${JSON.stringify(name)} ${fault}.`, { location: { file }, hint: "docker context ls lists those that there are; DOCKER_HOST names a daemon without one.", cause });
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw refuse(error.code === "ENOENT" ? "does not exist" : `cannot be read (${error.code ?? error.message})`, error);
  });
  const endpoint = endpointOf(text);
  if (typeof endpoint?.Host !== "string" || endpoint.Host === "") throw refuse("names no docker daemon");
  const files = join(directory, "contexts/tls", place, "docker");
  return { host: endpoint.Host, tls: { directory: files, verify: endpoint.SkipTLSVerify !== true } };
}

function endpointOf(text: string): { readonly Host?: unknown; readonly SkipTLSVerify?: unknown } | undefined {
  try {
    return (JSON.parse(text) as { Endpoints?: { docker?: { Host?: unknown; SkipTLSVerify?: unknown } } }).Endpoints?.docker;
  } catch {
    return undefined;
  }
}

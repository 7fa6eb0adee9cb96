import { isRunnerError, parseImageReference, RunnerError, type CallOptions, type PullProgress, type PullRequest } from "@distronode-runner/contract";
import { encodeRegistryAuth, parsePlatform, readJsonLines, type Transport } from "@distronode-runner/engine-http";
import { messageOf, pullMessages, refused } from "./messages.ts";
import { apiPrefix } from "./ping.ts";
import type { PullLine } from "./records.ts";

/** Fetches an image. A failure comes as a line of an answer that began with status 200. */
export async function pullImage(transport: Transport, request: PullRequest, options?: CallOptions & { readonly onProgress?: (progress: PullProgress) => void }): Promise<void> {
  const { repository, tag, digest } = parseImageReference(request.reference);
  // Credentials are for the registry that the name means to us; by its own aliases podman could carry those for a short name elsewhere.
  const reference = request.credentials === undefined ? request.reference : `${repository}${digest === undefined ? `:${tag ?? "latest"}` : `@${digest}`}`;
  const doing = `Image ${request.reference} can not be pulled`;
  const platform = request.platform === undefined ? undefined : parsePlatform(request.platform);
  const { status, body } = await transport.stream({
    method: "POST",
    path: `${apiPrefix}/images/pull`,
    query: { reference, policy: "always", tlsVerify: request.verifyTls, OS: platform?.os, Arch: platform?.architecture, Variant: platform?.variant },
    ...(request.credentials === undefined ? {} : { headers: { "X-Registry-Auth": encodeRegistryAuth(request.credentials) } }),
    signal: options?.signal,
  });
  try {
    if (status >= 400) {
      let text = "";
      for await (const part of body) text += String(part);
      throw refused({ status, text }, doing, pullMessages);
    }
    const counted = layerCounter();
    let pulled = false;
    for await (const value of readJsonLines(body)) {
      const line = value as PullLine;
      if (line.error !== undefined) throw refused({ status, text: messageOf(line.error) }, doing, pullMessages);
      if (line.stream !== undefined && line.stream.trim() !== "") options?.onProgress?.({ message: counted(line.stream.trim()) });
      pulled ||= line.id !== undefined;
    }
    if (!pulled) throw new RunnerError("ENGINE_UNAVAILABLE", `${doing}: Podman broke off.`);
  } catch (error) {
    if (options?.signal?.aborted === true) throw options.signal.reason;
    throw isRunnerError(error) ? error : new RunnerError("ENGINE_UNAVAILABLE", `${doing}: Podman broke off.`, { cause: error });
  } finally {
    body.destroy();
  }
}

/** Podman says when it begins with a layer and no more, neither bytes nor how many there are: they are counted. */
function layerCounter(): (message: string) => string {
  let layers = 0;
  return (message) => (message.startsWith("Copying blob ") ? `${message.replace(/(sha256:[\da-f]{12})[\da-f]+/, "$1")} (layer ${(layers += 1)})` : message);
}

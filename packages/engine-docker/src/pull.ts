import { isRunnerError, parseImageReference, RunnerError, type CallOptions, type PullProgress, type PullRequest } from "@distronode-runner/contract";
import { encodeRegistryAuth, readJsonLines } from "@distronode-runner/engine-http";
import { pullMessages, refused } from "./messages.ts";
import type { Daemon } from "./ping.ts";
import { toProgress, type PullLine } from "./records.ts";

/** Fetches an image; a failure may come as a status or as a line of the answer. */
export async function pullImage(daemon: Daemon, request: PullRequest, options?: CallOptions & { readonly onProgress?: (progress: PullProgress) => void }): Promise<void> {
  const { repository, tag, digest } = parseImageReference(request.reference);
  const doing = `Image ${request.reference} can not be pulled`;
  const { status, body } = await daemon.transport.stream({
    method: "POST",
    path: `/v${daemon.apiVersion}/images/create`,
    // Without a tag the daemon would fetch every tag of the repository.
    query: { fromImage: repository, tag: digest ?? tag, platform: request.platform },
    ...(request.credentials === undefined ? {} : { headers: { "X-Registry-Auth": encodeRegistryAuth(request.credentials) } }),
    signal: options?.signal,
  });
  try {
    if (status >= 400) {
      let text = "";
      for await (const part of body) text += String(part);
      throw refused({ status, text }, doing, pullMessages);
    }
    for await (const value of readJsonLines(body)) {
      const line = value as PullLine;
      const error = line.errorDetail?.message ?? line.error;
      if (error !== undefined) throw refused({ status, text: error }, doing, pullMessages);
      options?.onProgress?.(toProgress(line));
    }
  } catch (error) {
    if (options?.signal?.aborted === true) throw options.signal.reason;
    throw isRunnerError(error) ? error : new RunnerError("ENGINE_UNAVAILABLE", `${doing}: Docker broke off.`, { cause: error });
  } finally {
    body.destroy();
  }
}

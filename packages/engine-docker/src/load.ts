import { isRunnerError, RunnerError, type CallOptions } from "@distronode-runner/contract";
import { readJsonLines } from "@distronode-runner/engine-http";
import { refused } from "./messages.ts";
import type { Daemon } from "./ping.ts";

const doing = "The archive can not be loaded";

interface LoadLine {
  readonly stream?: string;
  readonly error?: string;
}

/** Sends an archive; the references, or ids, of what was in it. A failure comes as a line of an answer that began with status 200. */
export async function loadImages(daemon: Daemon, archive: AsyncIterable<Uint8Array>, options?: CallOptions): Promise<readonly string[]> {
  const { status, body } = await daemon.transport.stream({ method: "POST", path: `/v${daemon.apiVersion}/images/load`, query: { quiet: 1 }, archive, signal: options?.signal });
  try {
    const loaded: string[] = [];
    for await (const value of readJsonLines(body)) {
      const { stream = "", error } = value as LoadLine;
      if (error !== undefined) throw refused({ status, text: error }, doing);
      const reference = /^Loaded image(?: ID)?: (\S+)/.exec(stream)?.[1];
      if (reference !== undefined) loaded.push(reference);
    }
    if (status >= 400) throw refused({ status, text: "" }, doing);
    return loaded;
  } catch (error) {
    if (options?.signal?.aborted === true) throw options.signal.reason;
    throw isRunnerError(error) ? error : new RunnerError("ENGINE_UNAVAILABLE", `${doing}: Docker broke off.`, { cause: error });
  } finally {
    body.destroy();
  }
}

import { isRunnerError, RunnerError, type CallOptions } from "@distronode-runner/contract";
import type { StreamAnswer } from "./transport.ts";

export interface Download {
  /** What is fetched, as the start of a sentence. */
  readonly doing: string;
  readonly ask: () => Promise<StreamAnswer>;
  /** A refusal in our terms. */
  readonly refused: (answer: { readonly status: number; readonly text: string }) => RunnerError;
}

/** The bytes of an answer, asked for at the first read. Whoever leaves early ends the transfer. */
export async function* download({ doing, ask, refused }: Download, options?: CallOptions): AsyncIterable<Uint8Array> {
  options?.signal?.throwIfAborted();
  const { status, body } = await ask();
  try {
    if (status >= 400) {
      let text = "";
      for await (const part of body) text += String(part);
      throw refused({ status, text });
    }
    for await (const part of body) yield part as Buffer;
  } catch (error) {
    if (options?.signal?.aborted === true) throw options.signal.reason;
    throw isRunnerError(error) ? error : new RunnerError("ENGINE_UNAVAILABLE", `${doing}: the engine broke off.`, { cause: error });
  } finally {
    body.destroy();
  }
}

import type { StartOptions } from "@distronode-runner/contract";
import type { ShimSession } from "../shim-session.ts";

type Input = NonNullable<StartOptions["stdin"]>;

const pieceBytes = 64 * 1024;

/** Gives the tool its standard input, then the end of it; stops at the job's end. Rejects with what the source throws. */
export async function feedInput(session: ShimSession, input: Input, jobEnd: AbortSignal): Promise<void> {
  for await (const chunk of typeof input === "string" || input instanceof Uint8Array ? [input] : untilEnd(input, jobEnd)) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    for (let at = 0; at < bytes.length; at += pieceBytes) await session.input(bytes.subarray(at, at + pieceBytes));
  }
  await session.endInput();
}

/** A source that has nothing to say must not hold the job's end back. */
async function* untilEnd<T>(source: AsyncIterable<T>, end: AbortSignal): AsyncIterable<T> {
  const iterator = source[Symbol.asyncIterator]();
  const ended = new Promise<undefined>((resolve) => end.addEventListener("abort", () => resolve(undefined), { once: true }));
  try {
    while (!end.aborted) {
      const next = await Promise.race([iterator.next(), ended]);
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    iterator.return?.().catch(() => {});
  }
}

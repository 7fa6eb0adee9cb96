import type { Attachment, OutputChunk, RunnerError } from "@distronode-runner/contract";

/** What is known of who speaks over the streams of a job. */
export interface Attendance {
  /** The supervisor has answered. From then on it says something every few seconds. */
  readonly shook: () => boolean;
  /** Seconds that it has for its first word; 0: any time. */
  readonly start: number;
  /** What it is when that time is over. */
  readonly late: () => RunnerError;
  /** Rejects if the engine does not answer. */
  readonly alive: () => Promise<void>;
  /** Seconds of silence after which the engine is asked. */
  readonly quiet?: number;
}

/**
 * Streams that end when nobody is at their other end: a supervisor that does not answer in its time, or an engine whose service was stopped, or lost behind
 * a network, which closes no connection. Only time in which somebody waits counts.
 */
export function attended(attachment: Attachment, attendance: Attendance): Attachment {
  return {
    write: (bytes) => attachment.write(bytes),
    end: () => attachment.end(),
    close: () => attachment.close(),
    output: listen(attachment.output, attendance),
  };
}

async function* listen(output: AsyncIterable<OutputChunk>, { shook, start, late, alive, quiet = 15 }: Attendance): AsyncGenerator<OutputChunk, void, undefined> {
  const chunks = output[Symbol.asyncIterator]();
  const begun = performance.now();
  const left = (): number => (start === 0 || shook() ? Infinity : begun + start * 1000 - performance.now());
  try {
    for (;;) {
      const next = chunks.next();
      for (let arrived = false; !arrived; ) {
        const limit = Math.min(quiet * 1000, left());
        arrived = await within(next, limit);
        if (left() <= 0 && !(arrived && (await next).done === true)) throw late();
        if (!arrived) await alive();
      }
      const { done, value } = await next;
      if (done === true) return;
      yield value;
    }
  } finally {
    // Not awaited: a reader that still waits is woken when the attachment is closed.
    chunks.return?.().catch(() => {});
  }
}

/** Whether a promise settles within so many milliseconds. */
async function within(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), Math.max(milliseconds, 0))));
  try {
    return await Promise.race([promise.then(() => true, () => true), over]);
  } finally {
    clearTimeout(timer);
  }
}

import type { Readable } from "node:stream";
import type { OutputChunk } from "@distronode-runner/contract";

/**
 * Chunks of both streams as they come, each stream in its own order; a slow consumer holds both back. A consumer that leaves early
 * lets the rest flow away unread: closing the pipes would hit the job.
 */
export async function* mergeOutput(stdout: Readable, stderr: Readable): AsyncIterable<OutputChunk> {
  const queue: OutputChunk[] = [];
  let open = 2;
  let wake: () => void = () => {};
  const sources = [
    { stream: "stdout", from: stdout },
    { stream: "stderr", from: stderr },
  ] as const;
  for (const { stream, from } of sources) {
    from.on("data", (bytes: Uint8Array) => {
      queue.push({ stream, bytes });
      stdout.pause();
      stderr.pause();
      wake();
    });
    from.once("close", () => {
      open -= 1;
      wake();
    });
    from.on("error", () => {});
  }
  try {
    for (;;) {
      for (let chunk = queue.shift(); chunk !== undefined; chunk = queue.shift()) yield chunk;
      if (open === 0) return;
      const awake = new Promise<void>((resolve) => (wake = resolve));
      stdout.resume();
      stderr.resume();
      await awake;
    }
  } finally {
    for (const { from } of sources) {
      from.removeAllListeners("data");
      from.resume();
    }
  }
}

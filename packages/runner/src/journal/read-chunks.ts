import { abortable, type GrowingFile } from "@distronode-runner/contract";
import { damaged } from "./damaged.ts";

export interface Following {
  /** False: only what is there. */
  readonly follow: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Bytes of a file from a place on, as it grows. `buffer` gives the room for the next ones, of which no more than are there is used. Rejects with
 * `ARTIFACTS_DAMAGED` if bytes that were written are not there.
 */
export async function* readChunks(source: GrowingFile, from: number, { follow, signal }: Following, buffer: (available: number) => Buffer): AsyncIterable<Buffer> {
  let file = await source.open();
  try {
    let offset = from;
    let again = false;
    for (;;) {
      signal?.throwIfAborted();
      const available = source.written - offset;
      if (available <= 0) {
        if (source.failure !== undefined) throw source.failure;
        if (source.ended || !follow) return;
        const changed = source.changed();
        if (source.written <= offset && !source.ended) await abortable(changed, signal);
        continue;
      }
      const room = buffer(available);
      const { bytesRead } = await file.read(room, 0, Math.min(room.length, available), offset);
      if (bytesRead === 0) {
        if (source.failure !== undefined) throw source.failure;
        if (again) throw damaged(source.path, `it has ${offset} bytes, and ${source.written} were written`);
        // The writer may have put a new file in the place of one that was replaced.
        again = true;
        await file.close();
        file = await source.open();
        continue;
      }
      again = false;
      offset += bytesRead;
      yield room.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

import { abortable, type GrowingFile } from "@distronode-runner/contract";

export interface Following {
  /** False: only what is there. */
  readonly follow: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes of a file from a place on, as it grows. `buffer` gives the room for the next ones, of which no more than are there is used. */
export async function* readChunks(source: GrowingFile, from: number, { follow, signal }: Following, buffer: (available: number) => Buffer): AsyncIterable<Buffer> {
  const file = await source.open();
  try {
    let offset = from;
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
      if (bytesRead === 0) return;
      offset += bytesRead;
      yield room.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

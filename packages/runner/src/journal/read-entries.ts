import { open } from "node:fs/promises";
import type { JournalEntry } from "@distronode-runner/contract";
import { untilAborted } from "../until-aborted.ts";

/** What a reader needs of a journal that may still grow. */
export interface JournalFile {
  readonly path: string;
  /** Bytes that may be read. */
  readonly written: number;
  readonly ended: boolean;
  readonly failure: Error | undefined;
  changed(): Promise<void>;
  /** A place at or before the entry `seq`. */
  offsetOf(seq: number): number;
}

const chunkBytes = 256 * 1024;
const lineEnd = 0x0a;

/** Entries from number `from`, to the end if `follow`, else as far as written. Memory: one chunk and one line. */
export async function* readEntries(journal: JournalFile, from: number, follow: boolean, signal: AbortSignal | undefined): AsyncIterable<JournalEntry> {
  for await (const line of readLines(journal, journal.offsetOf(from), follow, signal)) {
    const entry = JSON.parse(line) as JournalEntry;
    if (entry.seq >= from) yield entry;
  }
}

/** Lines as they stand in the file, from a place in it on. */
export async function* readLines(journal: JournalFile, from: number, follow: boolean, signal: AbortSignal | undefined): AsyncIterable<string> {
  const file = await open(journal.path, "r");
  try {
    let offset = from;
    let rest: Buffer[] = [];
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    for (;;) {
      signal?.throwIfAborted();
      const available = journal.written - offset;
      if (available <= 0) {
        if (journal.failure !== undefined) throw journal.failure;
        if (journal.ended || !follow) return;
        const changed = journal.changed();
        if (journal.written <= offset && !journal.ended) await (signal === undefined ? changed : untilAborted(changed, signal));
        continue;
      }
      const { bytesRead } = await file.read(buffer, 0, Math.min(chunkBytes, available), offset);
      if (bytesRead === 0) return;
      offset += bytesRead;
      let start = 0;
      const chunk = buffer.subarray(0, bytesRead);
      for (let end = chunk.indexOf(lineEnd); end !== -1; end = chunk.indexOf(lineEnd, start)) {
        const line = rest.length === 0 ? chunk.subarray(start, end) : Buffer.concat([...rest, chunk.subarray(start, end)]);
        rest = [];
        start = end + 1;
        yield line.toString();
      }
      if (start < chunk.length) rest.push(Buffer.from(chunk.subarray(start)));
    }
  } finally {
    await file.close();
  }
}

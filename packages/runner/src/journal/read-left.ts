import type { JournalEntry } from "@distronode-runner/contract";
import { openRegular } from "@distronode-runner/safe-files";

/** What a journal holds that nobody writes any more. */
export interface LeftJournal {
  /** Size up to the end of the last whole line. */
  readonly bytes: number;
  /** Number of the last entry. */
  readonly seq: number;
  readonly events: number;
  /** Entries after the checkpoint, counted by kind: `event`, `notice KIND`, `status STATUS`. */
  readonly repeated: Map<string, number>;
  /** Places in the file, one for every `step` entries. */
  readonly index: readonly { readonly seq: number; readonly offset: number }[];
  /** The last entry, if there is one. */
  readonly last?: JournalEntry;
}

const chunkBytes = 1024 * 1024;
const lineEnd = 0x0a;
const head = /^\{"seq":(\d+),"time":"[^"]*","type":"(\w+)"/;

/** Memory: one chunk and one line, and the counts. Entries before the checkpoint are not parsed. */
export async function readLeft(path: string, checkpoint: number, step: number): Promise<LeftJournal> {
  const repeated = new Map<string, number>();
  const index: { seq: number; offset: number }[] = [];
  let [bytes, seq, events] = [0, 0, 0];
  let last: Buffer | undefined;
  for await (const line of wholeLines(path)) {
    const [, number, type] = head.exec(line.toString("latin1", 0, 120)) ?? [];
    if (number === undefined) break;
    seq = Number(number);
    if (seq % step === 1) index.push({ seq, offset: bytes });
    if (type === "event") events += 1;
    if (seq > checkpoint) {
      const key = type === "event" ? "event" : keyOf(JSON.parse(line.toString()) as JournalEntry);
      repeated.set(key, (repeated.get(key) ?? 0) + 1);
    }
    bytes += line.length;
    last = line;
  }
  return { bytes, seq, events, repeated, index, ...(last === undefined ? {} : { last: JSON.parse(last.toString()) as JournalEntry }) };
}

function keyOf(entry: JournalEntry): string {
  if (entry.type === "notice") return `notice ${entry.kind}`;
  return entry.type === "status" ? `status ${entry.status}` : entry.type;
}

async function* wholeLines(path: string): AsyncIterable<Buffer> {
  const file = await openRegular(path, "read");
  try {
    let rest: Buffer[] = [];
    for (;;) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(chunkBytes));
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      let start = 0;
      for (let end = chunk.indexOf(lineEnd); end !== -1; end = chunk.indexOf(lineEnd, start)) {
        const line = chunk.subarray(start, end + 1);
        yield rest.length === 0 ? line : Buffer.concat([...rest, line]);
        rest = [];
        start = end + 1;
      }
      if (start < chunk.length) rest.push(chunk.subarray(start));
    }
  } finally {
    await file.close();
  }
}

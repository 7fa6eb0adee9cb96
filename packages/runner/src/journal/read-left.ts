import { crc32 } from "node:zlib";
import { isFinal, type JournalEntry, type StatusEntry } from "@distronode-runner/contract";
import { damaged } from "./damaged.ts";
import { openArtifact } from "./regular-file.ts";
import { LineCheck, tailBytes, type Place } from "./line-check.ts";

/** What a journal holds that nobody writes any more. */
export interface LeftJournal {
  /** Behind the last whole line. What follows in the file was never written to its end. */
  readonly place: Place;
  /** Checksum of the entry `checkpoint`. */
  readonly sumAtCheckpoint: number;
  /** CRC-32 of all bytes up to there. */
  readonly content: number;
  /** Entries after the checkpoint, counted by kind: `event`, `notice KIND`, `status STATUS`. */
  readonly repeated: Map<string, number>;
  /** Places in the file, one for every `step` entries. */
  readonly index: readonly Place[];
  /** It has its last entry. */
  readonly complete: boolean;
  /** The job's end, as far as it was told. */
  readonly final?: StatusEntry;
}

const chunkBytes = 1024 * 1024;
const lineEnd = 0x0a;

/**
 * Memory: one chunk and one line, and the counts. Events are not parsed. All lines are checked; rejects with `ARTIFACTS_DAMAGED`. A rest without a line end is none
 * of them, whatever it is: a writer that was killed, or a disk without power, leaves such a one.
 */
export async function readLeft(path: string, checkpoint: number, step: number = Infinity): Promise<LeftJournal> {
  const repeated = new Map<string, number>();
  const index: Place[] = [];
  const check = new LineCheck(path);
  let final: StatusEntry | undefined;
  let [content, sumAtCheckpoint] = [0, 0];
  for await (const line of wholeLines(path)) {
    const before = check.place;
    check.whole(line, 0, line.length - 1);
    content = crc32(line, content);
    const { seq } = check.place;
    if (seq % step === 1) index.push(before);
    if (seq === checkpoint) sumAtCheckpoint = check.place.sum;
    if (check.type === "event") {
      if (seq > checkpoint) count(repeated, "event");
      continue;
    }
    const entry = entryOf(line, check);
    if (entry.type === "status" && isFinal(entry.status)) final = entry;
    if (seq > checkpoint) count(repeated, keyOf(entry));
  }
  return { place: check.place, sumAtCheckpoint, content, repeated, index, complete: check.ended, ...(final === undefined ? {} : { final }) };
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function entryOf(line: Buffer, { path, place: { seq, summed } }: LineCheck): JournalEntry {
  const text = summed === true ? `${line.toString("utf8", 0, line.length - 1 - tailBytes)}}` : line.toString();
  try {
    return JSON.parse(text) as JournalEntry;
  } catch {
    throw damaged(path, "this is no JSON", seq);
  }
}

function keyOf(entry: JournalEntry): string {
  if (entry.type === "notice") return `notice ${entry.kind}`;
  return entry.type === "status" ? `status ${entry.status}` : entry.type;
}

async function* wholeLines(path: string): AsyncIterable<Buffer> {
  const file = await openArtifact(path);
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

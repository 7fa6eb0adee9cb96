import { parseEntry, type EntryOptions, type GrowingFile, type JournalEntry } from "@distronode-runner/contract";
import { readChunks, type Following } from "./read-chunks.ts";

/** What a reader needs of a journal that may still grow. */
export interface JournalFile extends GrowingFile {
  /** A place at or before the entry `seq`. */
  offsetOf(seq: number): number;
}

const chunkBytes = 256 * 1024;
const lineEnd = 0x0a;
/** So far from its beginning a line has told its type. */
const headBytes = 96;

/** Entries as `options` want them. Memory: one chunk and one line that is wanted. */
export async function* readEntries(journal: JournalFile, { from = 1, follow = true, types, signal }: EntryOptions): AsyncIterable<JournalEntry> {
  const wants = types === undefined ? undefined : oneOf(types);
  for await (const line of readLines(journal, journal.offsetOf(from), { follow, signal }, wants)) {
    const entry = parseEntry(line);
    if (entry.seq >= from && (types === undefined || types.includes(entry.type))) yield entry;
  }
}

/** Whether a line, of which at least the head is there, may be one of these. */
function oneOf(types: readonly JournalEntry["type"][]): (line: Buffer) => boolean {
  return (line) => {
    const type = /^\{"seq":\d+,"time":"[^"]*","type":"([a-z]+)"/.exec(line.toString("latin1", 0, headBytes))?.[1];
    return type === undefined || types.some((one) => one === type);
  };
}

/** Lines as they stand in the file, from a place in it on; `wants`: of those only the ones whose head it takes. */
export async function* readLines(journal: GrowingFile, from: number, following: Following, wants: (line: Buffer) => boolean = () => true): AsyncIterable<string> {
  let rest: Buffer[] = [];
  /** Whether an unfinished line is wanted; undefined as long as its head is not there. */
  let wanted: boolean | undefined;
  const buffer = Buffer.allocUnsafeSlow(chunkBytes);
  for await (const chunk of readChunks(journal, from, following, () => buffer)) {
    let start = 0;
    for (let end = chunk.indexOf(lineEnd); end !== -1; end = chunk.indexOf(lineEnd, start)) {
      const last = chunk.subarray(start, end);
      start = end + 1;
      if (wanted !== false) {
        const line = rest.length === 0 ? last : Buffer.concat([...rest, last]);
        if (wants(line)) yield line.toString();
      }
      wanted = undefined;
      rest = [];
    }
    if (wanted === false || start === chunk.length) continue;
    // A copy: the chunk's room is used again.
    rest.push(Buffer.from(chunk.subarray(start)));
    if (wanted === true) continue;
    const head = rest.length === 1 ? rest[0]! : Buffer.concat(rest);
    if (head.length >= headBytes) wanted = wants(head);
  }
}

import { parseEntry, type EntryOptions, type GrowingFile, type JournalEntry } from "@distronode-runner/contract";
import { damaged } from "./damaged.ts";
import { LineCheck, tailBytes, type Place } from "./line-check.ts";
import { readChunks, type Following } from "./read-chunks.ts";

/** What a reader needs of a journal that may still grow. */
export interface JournalFile extends GrowingFile {
  /** A place before the entry `seq`. */
  placeOf(seq: number): Place;
}

type Wants = (type: JournalEntry["type"]) => boolean;

const chunkBytes = 256 * 1024;
const lineEnd = 0x0a;
const brace = 0x7d;

/** Entries as `options` want them. Memory: one chunk and one line that is wanted. Rejects with `ARTIFACTS_DAMAGED` where the file is not what was written. */
export async function* readEntries(journal: JournalFile, { from = 1, follow = true, types, signal }: EntryOptions, check: LineCheck = new LineCheck(journal.path, journal.placeOf(from))): AsyncIterable<JournalEntry> {
  const wants: Wants | undefined = types === undefined ? undefined : (type) => types.includes(type);
  for await (const line of readLines(journal, check, { follow, signal }, wants)) {
    const entry = entryOf(line, check);
    if (entry.seq >= from) yield entry;
  }
}

function entryOf(line: string, { path, place }: LineCheck): JournalEntry {
  try {
    return parseEntry(line);
  } catch {
    throw damaged(path, "this is no JSON", place.seq);
  }
}

/** Lines as they were written, without their checksums, from the place that `check` has come to; `wants`: only those of some types. All lines are checked. */
export async function* readLines(journal: GrowingFile, check: LineCheck, following: Following, wants: Wants = () => true): AsyncIterable<string> {
  let rest: Buffer[] = [];
  /** Whether an unfinished line is wanted; undefined as long as its type is not known. */
  let wanted: boolean | undefined;
  let inside = false;
  const buffer = Buffer.allocUnsafeSlow(chunkBytes);
  for await (const chunk of readChunks(journal, check.place.offset, following, () => buffer)) {
    let start = 0;
    for (let end = chunk.indexOf(lineEnd); end !== -1; end = chunk.indexOf(lineEnd, start)) {
      const last = chunk.subarray(start, end);
      if (!inside) {
        check.whole(chunk, start, end);
        if (wants(check.type!)) yield textOf(last, check);
      } else {
        check.last(last);
        if (wanted !== false && wants(check.type!)) yield textOf(Buffer.concat([...rest, last]), check);
        rest = [];
        wanted = undefined;
        inside = false;
      }
      start = end + 1;
    }
    if (start === chunk.length) continue;
    inside = true;
    const piece = chunk.subarray(start);
    check.part(piece);
    if (wanted === undefined && check.partType !== undefined) wanted = wants(check.partType);
    if (wanted === false) rest = [];
    // A copy: the chunk's room is used again.
    else rest.push(Buffer.from(piece));
  }
}

/** Changes the bytes. */
function textOf(line: Buffer, { place: { summed } }: LineCheck): string {
  if (summed !== true) return line.toString();
  const end = line.length - tailBytes;
  line[end] = brace;
  return line.toString("utf8", 0, end + 1);
}

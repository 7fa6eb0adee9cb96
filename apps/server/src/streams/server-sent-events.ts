import { entryJson, type JournalEntry } from "@distronode-runner/contract";
import type { Piece } from "./piece.ts";

/** Tells a browser how many milliseconds to wait before it connects again. */
export const preamble = "retry: 1000\n\n";

/** Journal entries as `text/event-stream`; the number of an entry is its id, so a browser resumes where it was. */
export async function* serverSentEvents(entries: AsyncIterable<JournalEntry>): AsyncGenerator<Piece> {
  for await (const entry of entries) yield { seq: entry.seq, text: `id: ${entry.seq}\nevent: ${entry.type}\ndata: ${entryJson(entry)}\n\n` };
}

/** A comment: keeps proxies from closing a quiet connection. */
export const heartbeat: Piece = { text: ": heartbeat\n\n" };

export async function* jsonLines(entries: AsyncIterable<JournalEntry>): AsyncGenerator<Piece> {
  for await (const entry of entries) yield { seq: entry.seq, text: `${entryJson(entry)}\n` };
}

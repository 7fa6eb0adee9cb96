import { entryJson, type JournalEntry } from "@distronode-runner/contract";

/** Milliseconds a browser waits before it connects again. */
const retry = 1000;

/** Journal entries as `text/event-stream`; the number of an entry is its id, so a browser resumes where it was. */
export async function* serverSentEvents(entries: AsyncIterable<JournalEntry>): AsyncGenerator<string> {
  yield `retry: ${retry}\n\n`;
  for await (const entry of entries) yield `id: ${entry.seq}\nevent: ${entry.type}\ndata: ${entryJson(entry)}\n\n`;
}

/** A comment: keeps proxies from closing a quiet connection. */
export const heartbeat = ": heartbeat\n\n";

export async function* jsonLines(entries: AsyncIterable<JournalEntry>): AsyncGenerator<string> {
  for await (const entry of entries) yield `${entryJson(entry)}\n`;
}

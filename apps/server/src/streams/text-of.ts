import { eventText, type JournalEntry } from "@distronode-runner/contract";

/** What the tool printed, from the events that carry it. */
export async function* textOf(entries: AsyncIterable<JournalEntry>): AsyncGenerator<string> {
  for await (const entry of entries) {
    const text = entry.type === "event" ? eventText(entry.event) : "";
    if (text !== "") yield text;
  }
}

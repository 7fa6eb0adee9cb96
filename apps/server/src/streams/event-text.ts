import type { JobEvent, JournalEntry } from "@distronode-runner/contract";

/** What the tool printed, from the events that carry it. */
export async function* textOf(entries: AsyncIterable<JournalEntry>): AsyncGenerator<string> {
  for await (const entry of entries) {
    const text = entry.type === "event" ? eventText(entry.event) : "";
    if (text !== "") yield text;
  }
}

/** `stdout` comes without the line ends that followed it; `start_line` and `end_line` say how many. */
function eventText(event: JobEvent): string {
  const ends = event.end_line - event.start_line - (event.stdout.split("\n").length - 1);
  return ends > 0 ? event.stdout + "\n".repeat(ends) : event.stdout;
}

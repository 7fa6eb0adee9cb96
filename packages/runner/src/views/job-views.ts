import { eventText, isEvent, type JobEvent, type JobStats, type JournalEntry } from "@distronode-runner/contract";

type Entries = AsyncIterable<JournalEntry>;

/** The tool's events among the entries of a journal. */
export async function* eventsOf(entries: Entries): AsyncGenerator<JobEvent> {
  for await (const entry of entries) if (entry.type === "event") yield entry.event;
}

export async function* hostEventsOf(entries: Entries, host: string): AsyncGenerator<JobEvent> {
  for await (const event of eventsOf(entries)) if (event.event_data?.["host"] === host) yield event;
}

export async function* outputOf(entries: Entries): AsyncGenerator<Uint8Array> {
  for await (const event of eventsOf(entries)) {
    const text = eventText(event);
    if (text !== "") yield Buffer.from(text);
  }
}

export async function textOf(entries: Entries): Promise<string> {
  let text = "";
  for await (const event of eventsOf(entries)) text += eventText(event);
  return text;
}

/** The last recap counts: a command that runs several playbooks has one for each. None if its data was left out. */
export async function statsOf(entries: Entries): Promise<JobStats | undefined> {
  let stats: JobStats | undefined;
  for await (const event of eventsOf(entries)) {
    if (!isEvent(event, "playbook_on_stats")) continue;
    const { ok, changed, dark, failures, ignored, processed, rescued, skipped, artifact_data } = event.event_data;
    stats = { ok, changed, dark, failures, ignored, processed, rescued, skipped, artifact_data };
  }
  return stats;
}

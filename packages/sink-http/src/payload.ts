import { eventJson, type EventEntry, type JournalEntry, type StatusEntry } from "@distronode-runner/contract";

/** Entries that have a payload. */
export function isSendable(entry: JournalEntry): entry is EventEntry | StatusEntry {
  return entry.type === "event" || entry.type === "status";
}

/** What is posted for an entry: the record of `ansible-runner`, without what the journal put around it. */
export function payloadOf(entry: EventEntry | StatusEntry): string {
  if (entry.type === "event") return eventJson(entry.event);
  const { seq: _seq, time: _time, type: _type, ...record } = entry;
  return JSON.stringify(record);
}

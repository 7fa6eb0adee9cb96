import type { EventEntry, JobEvent, JournalEntry } from "./events.ts";

/**
 * The text that an entry or event was read from. JavaScript has one kind of number: 9223372036854775807 and 1.0 of a module's result are other numbers, or are
 * written in another way, after `JSON.parse`. Whoever passes them on passes on the text.
 */
const written = new WeakMap<object, string>();

const eventHead = /^\{"seq":\d+,"time":"[^"]*","type":"event","event":/;

/** Reads a line of a journal, and remembers it. */
export function parseEntry(line: string): JournalEntry {
  const entry = JSON.parse(line) as JournalEntry;
  written.set(entry, line);
  if (entry.type === "event" && eventHead.test(line)) written.set(entry.event, line);
  return entry;
}

/** Reads the JSON of an event, and remembers it. */
export function parseEvent(json: string): JobEvent {
  const event = JSON.parse(json) as JobEvent;
  written.set(event, json);
  return event;
}

/** An entry as JSON without line ends, its numbers as the tool wrote them. One that was made in another way than by reading is written anew. */
export function entryJson(entry: JournalEntry): string {
  return written.get(entry) ?? JSON.stringify(entry);
}

/** The same for an event. */
export function eventJson(event: EventEntry["event"]): string {
  const text = written.get(event);
  if (text === undefined) return JSON.stringify(event);
  const head = eventHead.exec(text);
  return head === null ? text : text.slice(head[0].length, -1);
}

/** An event as one line of JSON: what a console with `json` shows, and what the `stdout` artifact then holds. */
export function eventLine(event: JobEvent): string {
  return `${eventJson(event)}\n`;
}

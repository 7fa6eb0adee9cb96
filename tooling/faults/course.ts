import type { JournalEntry } from "@distronode-runner/contract";

/** What two undisturbed runs of the same job have in common: everything but times and ids. */
export function courseOf(entries: readonly JournalEntry[]): string {
  const common = entries.map((entry) => {
    if (entry.type === "event") {
      const { counter, event, stdout, start_line, end_line, event_data: data } = entry.event;
      return [entry.seq, counter, event, stdout, start_line, end_line, data?.["task"], data?.["host"]];
    }
    if (entry.type === "status") return [entry.seq, entry.status];
    return entry.type === "end" ? [entry.entries, entry.events, entry.stdoutBytes] : [entry.seq, entry.kind];
  });
  return JSON.stringify(common);
}

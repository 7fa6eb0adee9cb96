import type { EntryOptions, JobEvent, JobStats, JournalEntry } from "@distronode-runner/contract";
import { eventsOf, hostEventsOf, outputOf, statsOf, textOf } from "./job-views.ts";

export type OutputOptions = Pick<EntryOptions, "follow" | "signal">;

/** What a job's journal tells of it, wherever that is read. */
export abstract class ToldJob {
  abstract entries(options?: EntryOptions): AsyncIterable<JournalEntry>;

  events(options?: { readonly signal?: AbortSignal }): AsyncIterable<JobEvent> {
    return eventsOf(this.entries(options));
  }

  output(options?: OutputOptions): AsyncIterable<Uint8Array> {
    return outputOf(this.entries({ ...options, types: ["event"] }));
  }

  hostEvents(host: string): AsyncIterable<JobEvent> {
    return hostEventsOf(this.entries(), host);
  }

  stdout(): Promise<string> {
    return textOf(this.entries());
  }

  stats(): Promise<JobStats | undefined> {
    return statsOf(this.entries());
  }
}

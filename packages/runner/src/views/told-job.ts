import type { JobEvent, JobStats, JournalEntry } from "@distronode-runner/contract";
import { eventsOf, hostEventsOf, statsOf, textOf } from "./job-views.ts";

export interface EntryOptions {
  readonly from?: number;
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

/** What a job's journal tells of it, wherever that is read. */
export abstract class ToldJob {
  abstract entries(options?: EntryOptions): AsyncIterable<JournalEntry>;

  events(options?: { readonly signal?: AbortSignal }): AsyncIterable<JobEvent> {
    return eventsOf(this.entries(options));
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

import { lstat, type FileHandle } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { EntryOptions, JournalEntry } from "@distronode-runner/contract";
import { openRegular } from "@distronode-runner/safe-files";
import { readEntries, type JournalFile } from "../journal/read-entries.ts";

/** Milliseconds between two looks at a file that somebody else writes, and at whether that one is still there. */
const look = 50;
const attention = 1000;

/** The journal of a job that another process runs. */
class ForeignJournal implements JournalFile {
  readonly path: string;
  readonly failure = undefined;
  written = 0;
  ended = false;
  readonly #check: () => Promise<void>;

  constructor(path: string, check: () => Promise<void>) {
    this.path = path;
    this.#check = check;
  }

  open(): Promise<FileHandle> {
    return openRegular(this.path, "read");
  }

  async measure(): Promise<boolean> {
    const before = this.written;
    this.written = (await lstat(this.path)).size;
    return this.written > before;
  }

  async changed(): Promise<void> {
    for (let waited = 0; !(await this.measure()); waited += look) {
      if (waited >= attention) {
        waited = 0;
        await this.#check();
      }
      await sleep(look);
    }
  }

  offsetOf(): number {
    return 0;
  }
}

/** Entries of a journal file as they are written. `check` is called now and then while nothing comes; if it rejects, so does the reading. */
export async function* entriesOf(path: string, options: EntryOptions, check: () => Promise<void>): AsyncIterable<JournalEntry> {
  const journal = new ForeignJournal(path, check);
  await journal.measure();
  const { types, ...others } = options;
  // The last entry tells that it is the last, whoever wants it.
  for await (const entry of readEntries(journal, types === undefined ? others : { ...others, types: [...types, "end"] })) {
    if (types === undefined || types.includes(entry.type)) yield entry;
    if (entry.type === "end") return;
  }
}

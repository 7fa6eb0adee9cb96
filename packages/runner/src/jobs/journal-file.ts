import type { FileHandle } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunnerError, type EntryOptions, type JournalEntry } from "@distronode-runner/contract";
import { sameFile, type FileIdentity } from "@distronode-runner/safe-files";
import { damaged } from "../journal/damaged.ts";
import { LineCheck, type Place } from "../journal/line-check.ts";
import { openArtifact, regularFile } from "../journal/regular-file.ts";
import { readEntries, type JournalFile } from "../journal/read-entries.ts";

/** Milliseconds between two looks at a file that somebody else writes, and at whether that one is still there. */
const look = 50;
const attention = 1000;
/** So often in a row the job has ended and nothing has come: its last entries may be a moment later than its status. */
const patience = 2;

/** The journal of a job that another process runs. */
class ForeignJournal implements JournalFile {
  readonly path: string;
  readonly failure = undefined;
  written = 0;
  ended = false;
  /** Another file has taken the place of the one that is read. */
  replaced = false;
  readonly #check: LineCheck;
  readonly #over: () => Promise<boolean>;
  #identity: FileIdentity | undefined;

  constructor(check: LineCheck, over: () => Promise<boolean>) {
    this.path = check.path;
    this.#check = check;
    this.#over = over;
  }

  open(): Promise<FileHandle> {
    return openArtifact(this.path);
  }

  async measure(): Promise<boolean> {
    const before = this.written;
    const found = await regularFile(this.path);
    const { size } = found;
    this.replaced = !sameFile(found, (this.#identity ??= found));
    if (this.replaced) throw damaged(this.path, "it was replaced while it was read");
    if (size < before) throw damaged(this.path, `it was cut to ${size} bytes while it was read`);
    this.written = size;
    return size > before;
  }

  async changed(): Promise<void> {
    for (let waited = 0, over = 0; !(await this.measure()); waited += look) {
      if (this.#check.ended || over === patience) {
        this.ended = true;
        return;
      }
      if (waited >= attention) {
        waited = 0;
        over = (await this.#over()) ? over + 1 : 0;
      }
      await sleep(look);
    }
  }

  placeOf(): Place {
    return this.#check.place;
  }
}

/**
 * Entries of a journal file as they are written. `over` is called now and then while nothing comes: whether the job has ended, so that there should be a last entry;
 * if it rejects, so does the reading. Rejects with `ARTIFACTS_DAMAGED` behind the last entry that is as it was written, if that is not the job's last.
 */
export async function* entriesOf(path: string, options: EntryOptions, over: () => Promise<boolean>): AsyncIterable<JournalEntry> {
  const check = new LineCheck(path);
  let retried = -1;
  for (let { follow = true } = options; ; ) {
    const journal = new ForeignJournal(check, over);
    try {
      await journal.measure();
      if (journal.written < check.place.offset) throw damaged(path, `it was cut to ${journal.written} bytes while it was read`);
      yield* readEntries(journal, { ...options, follow }, check);
      if (check.ended) return await nothingAfter(journal, check);
      if (journal.ended) throw damaged(path, "the journal ends here, though the job has ended", check.place.seq + 1);
      if (!(await over())) return;
      // What there is should be all there is.
      follow = true;
    } catch (error) {
      const { offset, seq } = check.place;
      if (!isRunnerError(error) || error.code !== "ARTIFACTS_DAMAGED" || journal.replaced || journal.ended || retried === offset || (error.location?.line ?? seq + 1) !== seq + 1) throw error;
      // A line that its writer never ended is cut off by who goes on, and written again: the line is read once more.
      retried = offset;
      check.forget();
    }
  }
}

async function nothingAfter(journal: ForeignJournal, check: LineCheck): Promise<void> {
  await journal.measure();
  if (journal.written > check.place.offset) throw damaged(check.path, "there is something after the journal's last entry", check.place.seq + 1);
}

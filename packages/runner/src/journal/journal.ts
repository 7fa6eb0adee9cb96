import type { FileHandle } from "node:fs/promises";
import { asRunnerError, type EntryOptions, type JournalEntry, type RunnerError } from "@distronode-runner/contract";
import { createRegular, openRegular, reopenRegular, type FileIdentity } from "@distronode-runner/safe-files";
import { LineBuffer } from "./line-buffer.ts";
import { readEntries, readLines, type JournalFile } from "./read-entries.ts";
import { readLeft } from "./read-left.ts";

/** How many bytes may wait for the disk before `ready` holds the writer back. */
const maximumPending = 1024 * 1024;
/** A place in the file is remembered for every so many entries, for readers that begin in the middle. */
const indexStep = 1024;

/**
 * The journal of one job: entries are numbered, appended once, never changed. Readers follow the file, each at its own pace; the writer
 * waits for the disk alone.
 */
export class Journal implements JournalFile {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #identity: FileIdentity;
  readonly #now: () => number;
  #seq = 0;
  #events = 0;
  readonly #pending = new LineBuffer();
  #offset = 0;
  #writing: Promise<void> | undefined;
  #failure: RunnerError | undefined;
  #changed = Promise.withResolvers<void>();
  readonly #index: { readonly seq: number; readonly offset: number }[] = [];
  /** How many entries of a kind are here already and will come again. */
  #repeated = new Map<string, number>();
  written = 0;
  ended = false;
  /** It had its last entry before. */
  complete = false;

  private constructor(path: string, file: FileHandle, identity: FileIdentity, now: () => number) {
    this.path = path;
    this.#file = file;
    this.#identity = identity;
    this.#now = now;
  }

  static async create(path: string, now: () => number): Promise<Journal> {
    const file = await createRegular(path);
    return new Journal(path, file, await file.stat(), now);
  }

  /**
   * Goes on with a journal that was left. A last line without its end is cut off: it was never written. What stands in it after the entry `checkpoint` will
   * be said once more, and is not appended a second time; `repeated`: nor is this, of what stands before it.
   */
  static async resume(path: string, now: () => number, checkpoint: number, repeated: Readonly<Record<string, number>> = {}): Promise<Journal> {
    const left = await readLeft(path, checkpoint, indexStep);
    const file = await openRegular(path, "update");
    await file.truncate(left.bytes);
    const journal = new Journal(path, file, await file.stat(), now);
    journal.#seq = left.seq;
    journal.#events = left.events;
    journal.#offset = journal.written = left.bytes;
    journal.#repeated = left.repeated;
    for (const [key, count] of Object.entries(repeated)) journal.#repeated.set(key, (journal.#repeated.get(key) ?? 0) + count);
    journal.#index.push(...left.index);
    journal.complete = left.last?.type === "end";
    return journal;
  }

  open(): Promise<FileHandle> {
    return reopenRegular(this.path, this.#identity);
  }

  get failure(): RunnerError | undefined {
    return this.#failure;
  }

  /**
   * Appends an entry; `body` is its JSON without seq and time, whole or in pieces, so that an event's text is not encoded again. `key` tells the kinds of entries apart that come in
   * the same order again when they are said again.
   */
  append(type: JournalEntry["type"], body: string | readonly (string | Buffer)[], key: string = type): void {
    const again = this.#repeated.get(key) ?? 0;
    if (again > 0) {
      this.#repeated.set(key, again - 1);
      return;
    }
    this.#seq += 1;
    if (type === "event") this.#events += 1;
    const head = `{"seq":${this.#seq},"time":"${new Date(this.#now()).toISOString()}","type":"${type}",`;
    if (this.#seq % indexStep === 1) this.#index.push({ seq: this.#seq, offset: this.#offset });
    for (const part of typeof body === "string" ? [`${head}${body}}\n`] : [head, ...body, "}\n"]) this.#offset += this.#pending.add(part);
    this.#writing ??= this.#write();
  }

  /** The last entry, with the counts that let a reader prove completeness; then closes. */
  async end(stdoutBytes: number): Promise<void> {
    this.append("end", `"entries":${this.#seq + 1},"events":${this.#events},"stdoutBytes":${stdoutBytes}`);
    await this.flush().catch(() => {});
    // The only wait for the disk itself. One that refuses here has the entries all the same, and nobody is left to tell.
    await this.#file.datasync().catch(() => {});
    this.ended = true;
    this.#notify();
    await this.#file.close();
  }

  /** Closes without a last entry: another process goes on. Who reads here has had what there was. */
  async leave(): Promise<void> {
    await this.flush().catch(() => {});
    this.ended = true;
    this.#notify();
    await this.#file.close();
  }

  get events(): number {
    return this.#events;
  }

  /** What is here already and will come again, counted by kind. */
  get repeated(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#repeated].filter(([, count]) => count > 0));
  }

  /** Number of the last entry. */
  get seq(): number {
    return this.#seq;
  }

  async #write(): Promise<void> {
    await Promise.resolve();
    try {
      while (this.#pending.size > 0) {
        for (const part of this.#pending.take()) {
          if (this.#failure === undefined) await this.#file.appendFile(part);
          this.written += part.length;
          this.#pending.giveBack(part);
          this.#notify();
        }
      }
    } catch (error) {
      this.#failure = asRunnerError(error, "STORE_FAILED");
      this.#notify();
    } finally {
      this.#writing = undefined;
    }
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  /** Resolves when the writer may go on. */
  async ready(): Promise<void> {
    if (this.#pending.size > maximumPending) await this.flush();
  }

  /** Resolves when everything appended so far is in the file; rejects when the disk failed. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves at the next change of `written` or `ended`. */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  offsetOf(seq: number): number {
    return this.#index.findLast((place) => place.seq <= seq)?.offset ?? 0;
  }

  read(options: EntryOptions = {}): AsyncIterable<JournalEntry> {
    return readEntries(this, options);
  }

  /** The lines of the file from its first, followed to the end. */
  lines(): AsyncIterable<string> {
    return readLines(this, 0, { follow: true });
  }
}

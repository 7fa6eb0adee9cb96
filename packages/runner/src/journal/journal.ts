import { rmSync, unlinkSync, writeFileSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { asRunnerError, type EntryOptions, type JournalEntry, type RunnerError } from "@distronode-runner/contract";
import { createRegular, openRegular, reopenRegular, type FileIdentity } from "@distronode-runner/safe-files";
import { damaged } from "./damaged.ts";
import { LineBuffer } from "./line-buffer.ts";
import { beginning, LineCheck, type Place } from "./line-check.ts";
import { checkContent, isInPlace, putBack, type Written } from "./own-file.ts";
import { readEntries, readLines, type JournalFile } from "./read-entries.ts";
import { readLeft, type LeftJournal } from "./read-left.ts";

/** How many bytes may wait for the disk before `ready` holds the writer back. */
const maximumPending = 1024 * 1024;
/** A place in the file is remembered for every so many entries, for readers that begin in the middle. */
const indexStep = 1024;
/** Kept free while the job runs, so that a disk that gets full has room for the journal's last words. */
const roomBytes = 8192;

/**
 * The journal of one job: entries are numbered, appended once, never changed. Readers follow the file, each at its own pace; the writer
 * waits for the disk alone.
 */
export class Journal implements JournalFile {
  readonly path: string;
  #file: FileHandle;
  #identity: FileIdentity;
  readonly #now: () => number;
  /** Behind what was appended last. */
  #place: Place = { ...beginning, summed: true };
  readonly #pending = new LineBuffer();
  /** CRC-32 of all bytes in the file. */
  #content = 0;
  #hasRoom = false;
  #writing: Promise<void> | undefined;
  #failure: RunnerError | undefined;
  /** Nothing can be written at the moment. */
  #stuck = false;
  #changed = Promise.withResolvers<void>();
  #index: Place[] = [];
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
    const journal = new Journal(path, file, await file.stat(), now);
    journal.#keepRoom();
    return journal;
  }

  /**
   * Goes on with a journal that was left. A last line without its end is cut off: it was never written. What stands in it after the entry `checkpoint` will
   * be said once more, and is not appended a second time; `repeated`: nor is this, of what stands before it. `sum`: the checksum of the entry `checkpoint`.
   *
   * @throws RunnerError `ARTIFACTS_DAMAGED` if it is not what was written
   */
  static async resume(path: string, now: () => number, checkpoint: number, repeated: Readonly<Record<string, number>> = {}, sum?: number): Promise<Journal> {
    const left = await readLeft(path, checkpoint, indexStep);
    const { place } = left;
    if (place.seq < checkpoint && checkpoint !== Number.MAX_SAFE_INTEGER) throw damaged(path, `it ends here, and ${checkpoint} entries were written`, place.seq + 1);
    if (sum !== undefined && left.sumAtCheckpoint !== sum) throw damaged(path, "the entry is not the one that was written", checkpoint);
    const file = await openRegular(path, "update");
    await file.truncate(place.offset);
    const journal = new Journal(path, file, await file.stat(), now);
    journal.#goOn(left);
    journal.#repeated = left.repeated;
    for (const [key, count] of Object.entries(repeated)) journal.#repeated.set(key, (journal.#repeated.get(key) ?? 0) + count);
    journal.#index = [...left.index];
    journal.complete = left.complete;
    journal.#keepRoom();
    return journal;
  }

  open(): Promise<FileHandle> {
    return reopenRegular(this.path, this.#identity);
  }

  #goOn({ place, content }: Pick<LeftJournal, "place" | "content">): void {
    // An empty one is like a new one.
    this.#place = { ...place, summed: place.summed ?? true };
    this.written = place.offset;
    this.#content = content;
  }

  /** Both at once: each is over long before another thread would have begun with it. */
  #keepRoom(): void {
    try {
      // Made anew: a link in its place is not followed.
      rmSync(this.#roomPath, { force: true });
      writeFileSync(this.#roomPath, Buffer.alloc(roomBytes), { mode: 0o600, flag: "wx" });
      this.#hasRoom = true;
    } catch {
      // A disk that is full already shows when the job has something to say.
    }
  }

  #freeRoom(): void {
    if (!this.#hasRoom) return;
    this.#hasRoom = false;
    try {
      unlinkSync(this.#roomPath);
    } catch {
      // Somebody has removed it.
    }
  }

  /** From here on the journal is this file. */
  async #goOnIn(file: FileHandle): Promise<void> {
    this.#file = file;
    this.#identity = await file.stat();
  }

  get #roomPath(): string {
    return `${this.path}.room`;
  }

  /** Of the disk, once and for all: who reads here ends with it. */
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
    const { offset: start, summed } = this.#place;
    const seq = this.#place.seq + 1;
    const events = type === "event" ? this.#place.events + 1 : this.#place.events;
    const head = `{"seq":${seq},"time":"${new Date(this.#now()).toISOString()}","type":"${type}",`;
    if (seq % indexStep === 1) this.#index.push(this.#place);
    const pending = this.#pending;
    pending.begin(this.#place.sum);
    let offset = start;
    if (typeof body === "string") offset += pending.add(head + body);
    else for (const part of [head, ...body]) offset += pending.add(part);
    const { sum } = pending;
    offset += summed === true ? pending.addTail(sum) : pending.add("}\n");
    this.#place = { seq, offset, events, sum, summed };
    this.#writing ??= this.#write();
  }

  /**
   * To be called when nobody else is there who might write, and everything has been said but how the job ended. A file that was put in the place of this one makes room
   * for it again: then resolves with `restored`. `wholly`: also compares the content.
   *
   * @throws RunnerError `ARTIFACTS_DAMAGED` if the file itself was changed
   */
  async verify(wholly: boolean): Promise<"unchanged" | "restored"> {
    await this.flush();
    const own: Written = { path: this.path, file: this.#file, bytes: this.written, content: this.#content };
    const inPlace = isInPlace(own);
    if (!inPlace) {
      await this.#goOnIn(await putBack(own));
      await own.file.close();
    }
    await checkContent({ ...own, file: this.#file }, wholly);
    return inPlace ? "unchanged" : "restored";
  }

  /** Before the last entries: makes room for them on a disk that is full, and after a failure forgets what could not be written. */
  async recover(): Promise<void> {
    await this.flush().catch(() => {});
    this.#freeRoom();
    if (!this.#stuck) return;
    for (const part of this.#pending.take()) this.#pending.giveBack(part);
    const left = await readLeft(this.path, Number.MAX_SAFE_INTEGER, indexStep);
    await this.#file.truncate(left.place.offset);
    await this.#file.close();
    await this.#goOnIn(await openRegular(this.path, "update"));
    this.#index = [...left.index];
    this.#goOn(left);
    this.#stuck = false;
  }

  /** The last entry, with the counts that let a reader prove completeness; then closes. */
  async end(stdoutBytes: number): Promise<void> {
    const { seq, events, offset } = this.#place;
    this.append("end", `"entries":${seq + 1},"events":${events},"stdoutBytes":${stdoutBytes},"bytes":${offset}`);
    await this.flush().catch(() => {});
    // The only wait for the disk itself. One that refuses here has the entries all the same, and nobody is left to tell.
    await this.#file.datasync().catch(() => {});
    this.ended = true;
    this.#notify();
    this.#freeRoom();
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
    return this.#place.events;
  }

  /** What is here already and will come again, counted by kind. */
  get repeated(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#repeated].filter(([, count]) => count > 0));
  }

  /** Number of the last entry. */
  get seq(): number {
    return this.#place.seq;
  }

  /** Checksum of the last entry. */
  get sum(): number {
    return this.#place.sum;
  }

  async #write(): Promise<void> {
    await Promise.resolve();
    try {
      while (this.#pending.size > 0) {
        for (const part of this.#pending.take()) {
          if (!this.#stuck) {
            await this.#file.appendFile(part);
            this.#content = crc32(part, this.#content);
            this.written += part.length;
          }
          this.#pending.giveBack(part);
          this.#notify();
        }
      }
    } catch (error) {
      this.#failure ??= asRunnerError(error, "STORE_FAILED");
      this.#stuck = true;
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
    if (this.#stuck) throw this.#failure!;
  }

  /** Resolves at the next change of `written` or `ended`. */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  placeOf(seq: number): Place {
    return this.#index.findLast((place) => place.seq < seq) ?? beginning;
  }

  read(options: EntryOptions = {}): AsyncIterable<JournalEntry> {
    return readEntries(this, options);
  }

  /** The lines of the file from its first, followed to the end. */
  lines(): AsyncIterable<string> {
    return readLines(this, new LineCheck(this.path), { follow: true });
  }
}

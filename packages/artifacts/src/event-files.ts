import type { SafeDirectory } from "@distronode-runner/safe-files";
import { writeEvents, type EventFile } from "./event-writer.ts";

/** How much may wait for the disk before `ready` holds the producer back: JSON's size, and files. */
const maximumPending = 1024 * 1024;
const maximumFiles = 512;

const sizeOf = (json: EventFile["json"]): number => (typeof json === "string" ? json.length : json.reduce((sum, piece) => sum + piece.length, 0));

/** `<counter>-<uuid>.json`, one file for each event, written behind in batches; a reader never sees half of one. */
export class EventFiles {
  readonly #directory: SafeDirectory;
  #pending: EventFile[] = [];
  #pendingSize = 0;
  #writing: Promise<void> | undefined;
  #failure: unknown;

  constructor(directory: SafeDirectory) {
    this.#directory = directory;
  }

  add(counter: number, uuid: string, json: string | readonly Uint8Array[]): void {
    if (this.#failure !== undefined) return;
    this.#pending.push({ name: `${counter}-${uuid}.json`, json });
    this.#pendingSize += sizeOf(json);
    this.#writing ??= this.#drain();
  }

  async #drain(): Promise<void> {
    // What comes with the same piece of output belongs to the same batch.
    await Promise.resolve();
    try {
      while (this.#pending.length > 0) {
        const batch = this.#pending;
        this.#pending = [];
        this.#pendingSize = 0;
        await writeEvents(this.#directory, batch);
      }
    } catch (error) {
      this.#failure = error;
      this.#pending = [];
      this.#pendingSize = 0;
    } finally {
      this.#writing = undefined;
    }
  }

  /** Resolves when more may be added; a failure is for `flush`. */
  async ready(): Promise<void> {
    while ((this.#pendingSize > maximumPending || this.#pending.length > maximumFiles) && this.#writing !== undefined) await this.#writing;
  }

  /** Resolves when all is written; rejects with the first failure. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }
}

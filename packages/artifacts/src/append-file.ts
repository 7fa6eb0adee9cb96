import type { FileHandle } from "node:fs/promises";
import type { GrowingFile } from "@distronode-runner/contract";
import { reopenRegular, type FileIdentity, type SafeDirectory } from "@distronode-runner/safe-files";

/** How many bytes may wait for the disk before `ready` holds the producer back. */
const maximumPending = 1024 * 1024;

/** A file that grows. `append` takes bytes at once and remembers a failure for `flush`, so that producers need not wait. */
export class AppendFile implements GrowingFile {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #identity: FileIdentity;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #writing: Promise<void> | undefined;
  #failure: unknown;
  #changed = Promise.withResolvers<void>();
  /** Bytes that it has or will have. */
  size: number;
  written: number;
  ended = false;
  /** For the writer alone, by `flush`: what is written may be read to its end. */
  readonly failure = undefined;

  private constructor(path: string, file: FileHandle, identity: FileIdentity, size: number) {
    this.path = path;
    this.#file = file;
    this.#identity = identity;
    this.size = this.written = size;
  }

  /** Creates it empty, 0600. */
  static async create(directory: SafeDirectory, name: string): Promise<AppendFile> {
    const file = await directory.create(name);
    return new AppendFile(directory.named(name), file, await file.stat(), 0);
  }

  /** Goes on with one that has `size` bytes that count. */
  static async resume(directory: SafeDirectory, name: string, size: number): Promise<AppendFile> {
    const file = await directory.file(name, "append");
    try {
      await file.truncate(size);
      return new AppendFile(directory.named(name), file, await file.stat(), size);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  open(): Promise<FileHandle> {
    return reopenRegular(this.path, this.#identity);
  }

  append(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#failure !== undefined) return;
    this.size += bytes.length;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    try {
      while (this.#pending.length > 0) {
        const batch = this.#pending;
        this.#pending = [];
        const size = this.#pendingBytes;
        this.#pendingBytes = 0;
        const { bytesWritten } = await this.#file.writev(batch);
        // Less than all was written: the disk is full, and says so now.
        if (bytesWritten < size) await this.#file.appendFile(Buffer.concat(batch).subarray(bytesWritten));
        this.written += size;
        this.#notify();
      }
    } catch (error) {
      this.#failure = error;
    } finally {
      this.#writing = undefined;
    }
  }

  /** Resolves when more may be appended; a failure is for `flush`. */
  async ready(): Promise<void> {
    while (this.#pendingBytes > maximumPending && this.#writing !== undefined) await this.#writing;
  }

  /** Resolves when all is written; rejects with the first failure. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async close(): Promise<void> {
    this.ended = true;
    this.#notify();
    await this.#file.close();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  changed(): Promise<void> {
    return this.#changed.promise;
  }
}

import { rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { createRegular } from "@distronode-runner/safe-files";
import type { DeliveryEnd } from "./delivery.ts";

const fileName = "sinks.ndjson";

/**
 * How far each sink of a job has come, as lines of JSON beside the journal; the last line of a sink counts, and one without `outcome` means
 * that it was interrupted. Entries after `delivered` have not been taken. Nothing depends on it: a disk that fails is the journal's business.
 */
export class DeliveryLog {
  readonly #file: FileHandle | undefined;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(file: FileHandle | undefined) {
    this.#file = file;
  }

  /** Without sinks there is no file. What an earlier job left here is removed, not emptied: its own deliveries may still write to it. */
  static async create(directory: string, wanted: boolean): Promise<DeliveryLog> {
    const path = join(directory, fileName);
    try {
      await rm(path, { force: true });
      return new DeliveryLog(wanted ? await createRegular(path) : undefined);
    } catch {
      return new DeliveryLog(undefined);
    }
  }

  write(sink: string, delivered: number, end?: DeliveryEnd): void {
    const line = `${JSON.stringify({ sink, delivered, ...end })}\n`;
    this.#last = this.#last.then(() => this.#file?.appendFile(line)).catch(() => {});
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file?.close().catch(() => {});
  }
}

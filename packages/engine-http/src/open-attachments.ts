import type { AttachedStreams } from "./attached-streams.ts";

/** The attachments of one engine that have not ended, by the id under which they were made. */
export class OpenAttachments {
  readonly #byId = new Map<string, Set<AttachedStreams>>();

  add(id: string, streams: AttachedStreams): void {
    const all = this.#byId.get(id) ?? new Set();
    this.#byId.set(id, all.add(streams));
    void streams.ended.then(() => {
      all.delete(streams);
      if (all.size === 0) this.#byId.delete(id);
    });
  }

  of(id: string): readonly AttachedStreams[] {
    return [...(this.#byId.get(id) ?? [])];
  }

  /** For a container that is to end: it can not while it has output that nobody takes. */
  release(id: string): void {
    for (const streams of this.of(id)) streams.release();
  }

  /** For a container that is gone; the streams of one that never ran would stay open for ever. */
  endSoon(id: string): void {
    for (const streams of this.of(id)) void streams.endSoon(1000);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byId.keys()].flatMap((id) => this.of(id)).map((streams) => streams.close()));
  }
}

import { join } from "node:path";
import { replaceFile } from "./replace-file.ts";

const parallel = 4;

/** `<counter>-<uuid>.json`, one file for each event; a reader never sees half of one (written aside, then renamed). */
export class EventFiles {
  readonly directory: string;
  #queue: { readonly name: string; readonly json: string }[] = [];
  #workers = new Set<Promise<void>>();
  #failure: unknown;

  constructor(directory: string) {
    this.directory = directory;
  }

  add(counter: number, uuid: string, json: string): void {
    if (this.#failure !== undefined) return;
    this.#queue.push({ name: `${counter}-${uuid}.json`, json });
    if (this.#workers.size < parallel) {
      const worker = this.#work().finally(() => this.#workers.delete(worker));
      this.#workers.add(worker);
    }
  }

  async #work(): Promise<void> {
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        await replaceFile(join(this.directory, next.name), next.json);
      }
    } catch (error) {
      this.#failure ??= error;
      this.#queue = [];
    }
  }

  async flush(): Promise<void> {
    while (this.#workers.size > 0) await Promise.all(this.#workers);
    if (this.#failure !== undefined) throw this.#failure;
  }
}

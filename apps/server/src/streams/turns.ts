import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds after which a turn passes on although its work has not ended: it waits for something that has not happened yet. */
const patience = 5;

/**
 * Work that takes the processor for a while, one after the other. Many readers that catch up with a long journal would otherwise all parse large entries in the
 * same round of the event loop, and nobody else would be answered before the last of them.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Begins the work when its turn comes, and gives what comes of it. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#last = promise;
    await before;
    // Another round of the event loop, in which others are served.
    await new Promise((next) => setImmediate(next));
    const over = new AbortController();
    const done = work();
    void Promise.race([done.then(() => {}, () => {}), sleep(patience, undefined, { signal: over.signal }).catch(() => {})]).then(() => {
      over.abort();
      resolve(undefined);
    });
    return done;
  }
}

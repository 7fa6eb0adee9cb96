/**
 * So many may be at work at once; the others wait, in order. Each reader that catches up with a journal holds an entry in several forms, and takes the processor
 * for the time of parsing it: with all of them at it in one round of the event loop nobody else would be answered.
 */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Whether somebody waits. */
  get contended(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves with what gives the slot back, which may be called more than once. */
  async enter(): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      // In another round of the event loop, in which others are served.
      else setImmediate(next);
    };
  }
}

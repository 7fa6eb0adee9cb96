/** Items from a writer to one reader, with room for so many bytes; the writer waits for more room. */
export class Pipe<T> {
  readonly #sizeOf: (item: T) => number;
  readonly #capacity: number;
  #items: T[] = [];
  #size = 0;
  #ended = false;
  #dropping = false;
  #wakeReader: () => void = () => {};
  #wakeWriters: (() => void)[] = [];

  constructor(sizeOf: (item: T) => number, capacity: number = 1024 * 1024) {
    this.#sizeOf = sizeOf;
    this.#capacity = capacity;
  }

  async write(item: T): Promise<void> {
    while (this.#size >= this.#capacity && !this.#dropping && !this.#ended) await new Promise<void>((resolve) => this.#wakeWriters.push(resolve));
    if (this.#ended || this.#dropping) return;
    this.#items.push(item);
    this.#size += this.#sizeOf(item);
    this.#wakeReader();
  }

  /** No more is written; what is there is read first. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The reader has gone: everything written is taken and forgotten. */
  drop(): void {
    this.#dropping = true;
    this.#items = [];
    this.#size = 0;
    this.#wake();
  }

  get ended(): boolean {
    return this.#ended;
  }

  async *read(): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        const items = this.#items;
        this.#items = [];
        this.#size = 0;
        this.#wakeAll();
        for (const item of items) {
          if (this.#dropping) return;
          yield item;
        }
        if (this.#items.length > 0) continue;
        if (this.#ended || this.#dropping) return;
        await new Promise<void>((resolve) => (this.#wakeReader = resolve));
      }
    } finally {
      this.drop();
    }
  }

  #wake(): void {
    this.#wakeReader();
    this.#wakeAll();
  }

  #wakeAll(): void {
    const writers = this.#wakeWriters;
    this.#wakeWriters = [];
    for (const wake of writers) wake();
  }
}

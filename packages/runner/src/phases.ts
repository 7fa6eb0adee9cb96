/** Measures how long each phase of a job takes. */
export class Phases {
  readonly #now: () => number;
  readonly #milliseconds: Record<string, number> = {};
  #name = "prepare";
  #since: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#since = now();
  }

  enter(name: string): void {
    const now = this.#now();
    this.#milliseconds[this.#name] = (this.#milliseconds[this.#name] ?? 0) + now - this.#since;
    this.#name = name;
    this.#since = now;
  }

  end(): void {
    this.enter(this.#name);
  }

  get milliseconds(): Readonly<Record<string, number>> {
    return { ...this.#milliseconds };
  }
}

/** Measures how long each phase of a job takes, by a clock that nobody sets. */
export class Phases {
  readonly #now: () => number;
  readonly #milliseconds: Record<string, number> = {};
  #name = "prepare";
  #since: number;

  constructor(now: () => number = () => performance.now()) {
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
    return Object.fromEntries(Object.entries(this.#milliseconds).map(([name, milliseconds]) => [name, Math.round(milliseconds)]));
  }
}

import { verdict, type WatchedClock, type WatchedClocks } from "./watchdog.ts";

/** A runner that was stopped itself finds, when it goes on, that much time has passed before it has read what came meanwhile. */
const lastLook = 1000;

/** Keeps a job's clocks beside its first process: one timer, fed with all that comes from there. */
export class WatchClocks {
  readonly #clocks: WatchedClocks;
  readonly #expired: (clock: WatchedClock) => void;
  #timer: NodeJS.Timeout | undefined;
  #begun = 0;
  #heard = 0;
  #started: number | undefined;
  #said = 0;
  #busy = false;
  #stopped = false;

  constructor(clocks: WatchedClocks, expired: (clock: WatchedClock) => void) {
    this.#clocks = clocks;
    this.#expired = expired;
  }

  /** There is a first process. */
  begin(): void {
    this.#begun = this.#heard = performance.now();
    this.#look();
  }

  /** The tool runs. `at`: by the clock of the first process, in seconds; `now`: the same clock, for a job that was taken over. */
  started(at: number, now: number = at): void {
    this.#started = this.#said = at;
    this.#begun = performance.now() - Math.max(now - at, 0) * 1000;
    this.#look();
  }

  /** When the tool was started. */
  get start(): number | undefined {
    return this.#started;
  }

  /** Something came, that was said at this time; while it is dealt with, nothing else can be heard. */
  heard(said: number): void {
    this.#said = Math.max(this.#said, said);
    this.#busy = true;
  }

  /** Listening again. */
  listening(): void {
    this.#heard = performance.now();
    this.#busy = false;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #look(again = false): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    const now = performance.now();
    const started = this.#started !== undefined;
    const found = verdict(this.#clocks, { running: (now - this.#begun) / 1000, started, silent: this.#busy ? 0 : (now - this.#heard) / 1000, said: started ? this.#said - this.#started! : 0 });
    if (found === undefined) return;
    if ("wait" in found) this.#arm(found.wait * 1000);
    else if (!again) this.#arm(lastLook, true);
    else this.#expired(found.expired);
  }

  #arm(milliseconds: number, again = false): void {
    // Longer than a timer can be is a look in between.
    this.#timer = setTimeout(() => this.#look(again), Math.min(milliseconds, 2 ** 31 - 1));
    this.#timer.unref();
  }
}

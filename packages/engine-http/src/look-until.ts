import { pause } from "./abort.ts";

export interface Looking {
  readonly signal?: AbortSignal | undefined;
  /** When it resolves, it is time to look again. */
  readonly sooner?: Promise<unknown> | undefined;
  /** First pause between two looks, in milliseconds. Default 2. */
  readonly fastest?: number;
  /** Longest pause between two looks, in milliseconds. Default 500. */
  readonly slowest?: number;
  /** Milliseconds after which it is given up, more or less. Default: never. */
  readonly patience?: number;
}

/** Looks again and again, each time after a longer pause, until there is something to see. Undefined: it was given up. */
export async function lookUntil<T>(look: () => Promise<T | undefined>, looking: Looking & { readonly patience: number }): Promise<T | undefined>;
export async function lookUntil<T>(look: () => Promise<T | undefined>, looking?: Omit<Looking, "patience">): Promise<T>;
export async function lookUntil<T>(look: () => Promise<T | undefined>, { signal, sooner, fastest = 2, slowest = 500, patience = Infinity }: Looking = {}): Promise<T | undefined> {
  let delay = fastest;
  let early = sooner?.then(() => {
    delay = fastest;
    early = undefined;
  });
  for (let waited = 0; ; waited += delay, delay = Math.min(delay * 1.5, slowest)) {
    const seen = await look();
    if (seen !== undefined || waited >= patience) return seen;
    await pause(delay, signal, early);
  }
}

import type { CallOptions } from "@distronode-runner/contract";
import { lookUntil as look } from "@distronode-runner/engine-http";

/** Looks again and again until there is something to see, at first after 150 milliseconds, later every half second: each look costs a process. */
export function lookUntil<T>(see: () => Promise<T | undefined>, { signal }: CallOptions = {}): Promise<T> {
  return look(see, { signal, fastest: 150 });
}

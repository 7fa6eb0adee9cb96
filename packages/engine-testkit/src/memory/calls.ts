import type { CallOptions } from "@distronode-runner/contract";

/** The outcome of some work, a turn later, as an answer that came from elsewhere; nothing is done for an aborted call. */
export async function answer<T>(call: CallOptions | undefined, work: () => T): Promise<Awaited<T>> {
  call?.signal?.throwIfAborted();
  await Promise.resolve();
  return await work();
}

import type { CallOptions } from "@distronode-runner/contract";

/** The outcome of some work, a turn later, as an answer that came from elsewhere; nothing is done for an aborted call. */
export async function answer<T>(call: CallOptions | undefined, work: () => T): Promise<Awaited<T>> {
  call?.signal?.throwIfAborted();
  await Promise.resolve();
  return await work();
}

/** Settles as `promise` does, or rejects with the signal's reason if that comes first. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

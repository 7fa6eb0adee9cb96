/** Settles as `promise` does, or rejects with the signal's reason if that comes first. The work behind the promise goes on. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) {
      promise.catch(() => {});
      return abort();
    }
    signal.addEventListener("abort", abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Resolves after so many milliseconds, or sooner when `sooner` does; rejects with the signal's reason. */
export async function pause(milliseconds: number, signal?: AbortSignal, sooner?: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  try {
    await abortable(sooner === undefined ? elapsed : Promise.race([elapsed, sooner.then(() => {})]), signal);
  } finally {
    clearTimeout(timer);
  }
}

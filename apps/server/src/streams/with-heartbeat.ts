/** Passes items on, and puts `beat` between them whenever nothing came for `milliseconds`. */
export async function* withHeartbeat<T>(items: AsyncIterable<T>, milliseconds: number, beat: T): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  let next = iterator.next();
  // A rejection is seen when `next` is awaited; until then it is not unhandled.
  next.catch(() => {});
  try {
    for (;;) {
      const quiet = Symbol("quiet");
      const timer = Promise.withResolvers<typeof quiet>();
      const timeout = setTimeout(() => timer.resolve(quiet), milliseconds);
      const winner = await Promise.race([next, timer.promise]).finally(() => clearTimeout(timeout));
      if (winner === quiet) {
        yield beat;
      } else {
        const result = winner as IteratorResult<T>;
        if (result.done === true) return;
        yield result.value;
        next = iterator.next();
        next.catch(() => {});
      }
    }
  } finally {
    void iterator.return?.()?.then(undefined, () => {});
  }
}

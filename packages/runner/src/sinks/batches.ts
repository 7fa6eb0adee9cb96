/**
 * Groups what is there without waiting for more, `size` at most. Reads ahead by one. Breaking off does not interrupt a `next` under way: abort
 * the source for that.
 */
export async function* batches<T>(source: AsyncIterable<T>, size: number): AsyncIterable<readonly T[]> {
  const iterator = source[Symbol.asyncIterator]();
  let ahead = next(iterator);
  try {
    for (;;) {
      const first = await ahead;
      if (first.done === true) return;
      const batch = [first.value];
      ahead = next(iterator);
      while (batch.length < size) {
        const more = await Promise.race([ahead, pause()]);
        if (more === undefined || more.done === true) break;
        batch.push(more.value);
        ahead = next(iterator);
      }
      yield batch;
    }
  } finally {
    iterator.return?.().catch(() => {});
  }
}

function next<T>(iterator: AsyncIterator<T>): Promise<IteratorResult<T, unknown>> {
  const result = iterator.next();
  // It may fail while the batch before is still with the sink; whoever awaits it hears of it.
  result.catch(() => {});
  return result;
}

const pause = (): Promise<undefined> => new Promise((resolve) => setImmediate(resolve, undefined));

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Calls `handle` for each request to stop, with how many there were so far. Returns what ends the watch. */
export function onInterrupt(handle: (count: number) => void): () => void {
  let count = 0;
  const listener = (): void => handle((count += 1));
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

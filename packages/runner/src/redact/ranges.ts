/** Start and end of each stretch of a text, one after the other, in order; those that overlap are one. */
export type Ranges = number[];

/** Ends come in order. */
export function addRange(found: Ranges, from: number, end: number): void {
  let start = from;
  while (found.length > 0 && start < found[found.length - 1]!) {
    start = Math.min(start, found[found.length - 2]!);
    end = Math.max(end, found[found.length - 1]!);
    found.length -= 2;
  }
  found.push(start, end);
}

import { closest, distance } from "fastest-levenshtein";

/** `Did you mean X?` for a name near enough, else the fallback. */
export function suggest(name: string, known: readonly string[], fallback: string): string {
  const best = known.length === 0 ? undefined : closest(name, known as string[]);
  return best !== undefined && distance(name, best) <= Math.max(2, Math.floor(name.length / 3)) ? `Did you mean ${best}?` : fallback;
}

import { closest, distance } from "fastest-levenshtein";

/** `Did you mean X?` for a name near enough, else the fallback. */
export function suggest(name: string, known: readonly string[], fallback: string): string {
  // Without its extension it is further away than a typing error.
  const best = known.find((other) => name !== "" && other.startsWith(`${name}.`)) ?? (known.length === 0 ? undefined : closest(name, known as string[]));
  return best !== undefined && (best.startsWith(`${name}.`) || distance(name, best) <= Math.max(2, Math.floor(name.length / 3))) ? `Did you mean ${best}?` : fallback;
}

import type { Name } from "./contenders.ts";
import type { Cost } from "./measure.ts";
import type { Result } from "./contest.ts";

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The middle of a contender's runs; undefined where there are none. */
export function figure(result: Result, name: Name, of: keyof Cost): number | undefined {
  const costs = result.costs[name];
  return costs === undefined ? undefined : median(costs.map((cost) => cost[of]));
}

/** How many times the bare tool's: the middle of the ratios of the pairs, each from one round. */
export function ratio(result: Result, name: Name, of: keyof Cost): number | undefined {
  const bare = result.costs["bare"];
  const costs = result.costs[name];
  if (bare === undefined || costs === undefined) return undefined;
  const pairs = Math.min(bare.length, costs.length);
  return pairs === 0 ? undefined : median(costs.slice(0, pairs).map((cost, round) => cost[of] / bare[round]![of]));
}

/** What exceeds the budget, in words; empty when all is well. */
export function excesses(result: Result): readonly string[] {
  const { budget } = result.case;
  const wall = result.place === "host" ? budget?.wall?.host : budget?.wall?.container;
  const over = (is: number | undefined, limit: number | undefined, words: (is: number, limit: number) => string): readonly string[] => (is !== undefined && limit !== undefined && is > limit ? [words(is, limit)] : []);
  return [
    ...over(ratio(result, "ours", "wall"), wall, (is, limit) => `wall ${is.toFixed(2)} > ${limit}`),
    ...(result.place === "host" ? over(ratio(result, "ours", "cpu"), budget?.cpu, (is, limit) => `CPU ${is.toFixed(2)} > ${limit}`) : []),
    ...over(figure(result, "ours", "ownPeak"), budget?.memory, (is, limit) => `memory ${mebibytes(is)} > ${mebibytes(limit)} MiB`),
  ];
}

export const mebibytes = (bytes: number): string => String(Math.round(bytes / 1024 / 1024));

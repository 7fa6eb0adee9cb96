/** Seconds. */
export interface Pace {
  readonly first: number;
  readonly longest: number;
}

export const usualPace: Pace = { first: 0.5, longest: 30 };

/** Seconds until the next attempt after so many that failed: twice as long each time, less up to a half, so that many jobs do not knock at once. */
export function backOff(failures: number, pace: Pace, random: () => number = Math.random): number {
  const full = Math.min(pace.longest, pace.first * 2 ** (failures - 1));
  return Math.max(pace.first, full * (0.5 + random() / 2));
}

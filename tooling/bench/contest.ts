import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Case } from "./cases.ts";
import { names, type Name } from "./contenders.ts";
import { measure, type Cost } from "./measure.ts";
import type { Place } from "./workloads.ts";

/** One case in one place: what each contender's runs cost, round by round. */
export interface Result {
  readonly case: Case;
  readonly place: Place;
  readonly costs: Readonly<Partial<Record<Name, readonly Cost[]>>>;
  /** Contenders that could not do it, and why. */
  readonly failures: Readonly<Partial<Record<Name, string>>>;
}

export interface Contest {
  readonly place: Place;
  readonly image: string;
  readonly rounds: number;
  /** For the output of the runs. */
  readonly directory: string;
  readonly say: (line: string) => void;
}

/** Lets the contenders of a case run in turn; each round begins with another one. */
export async function hold(what: Case, { place, image, rounds, directory, say }: Contest): Promise<Result> {
  const prepared = await what.prepare(place, image);
  const costs: Partial<Record<Name, Cost[]>> = {};
  const failures: Partial<Record<Name, string>> = {};
  const present = names.filter((name) => prepared.contenders[name] !== undefined);
  try {
    for (let round = what.warmUp === false ? 1 : 0; round <= rounds; round += 1) {
      for (const name of rotated(present, round)) {
        if (failures[name] !== undefined) continue;
        try {
          const cost = await measure(prepared.contenders[name]!, join(directory, "output"));
          if (round > 0) (costs[name] ??= []).push(cost);
        } catch (error) {
          failures[name] = (error as Error).message;
          say(failures[name]);
        }
      }
    }
  } finally {
    // Not after each run: ext4 is slow to create files where many have been deleted seconds before.
    if (prepared.directory !== undefined) await rm(prepared.directory, { recursive: true, force: true });
  }
  return { case: what, place, costs, failures };
}

const rotated = <T>(list: readonly T[], by: number): readonly T[] => list.map((_, index) => list[(index + by) % list.length]!);

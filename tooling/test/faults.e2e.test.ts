import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { round, undisturbed } from "../faults/round.ts";
import { exists, victims } from "../faults/victims.ts";
import { Workbench } from "../faults/workbench.ts";
import { executions } from "../scenarios/executions.ts";

// A bounded part of `./pnpmw test:faults`: each kind of process once, half-way through the job.

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.make("continue");
});
afterAll(() => bench.remove());

describe.each(executions)("a job on %s", (execution) => {
  test("that meets the death of any process of its chain ends with a status of its own, complete artifacts, and nothing left behind", async () => {
    const like = await undisturbed(bench, execution);
    for (const victim of victims.filter((each) => exists(each, execution))) {
      const { outcome, faults } = await round({ bench, ident: `faults-${execution}-${victim}`, execution, victim, at: like.milliseconds / 2, like });
      expect({ victim, faults }).toEqual({ victim, faults: [] });
      expect([victim, outcome]).not.toEqual([victim, "none"]);
    }
  }, 600_000);
});

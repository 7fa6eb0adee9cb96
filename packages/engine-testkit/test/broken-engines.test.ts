import { describe, expect, test } from "vitest";
import { engineSuite, type TestContext } from "../src/index.ts";
import { memoryEngine, memoryImage, memoryScript } from "../src/memory.ts";
import { brokenEngines } from "./broken-engines.ts";

/** The suite's cases as functions, over engines with a fault. */
function declared(spoil: (typeof brokenEngines)[number]["spoil"], deadline = 1500): Map<string, (context?: TestContext) => Promise<void>> {
  const found = new Map<string, (context?: TestContext) => Promise<void>>();
  engineSuite({
    test: (name, run) => found.set(name, run),
    describe: (_name, group) => group(),
    open: () => spoil(memoryEngine()),
    image: memoryImage,
    script: memoryScript,
    deadline,
  });
  return found;
}

describe("broken engines", () => {
  for (const { name, caughtBy, spoil } of brokenEngines) {
    test(`an engine that ${name} is caught by: ${caughtBy}`, async () => {
      const run = declared(spoil).get(caughtBy);
      if (run === undefined) throw new Error(`There is no case ${caughtBy}.`);
      await expect(run()).rejects.toThrow();
    });
  }

  test("the same cases pass on the engine without a fault", async () => {
    // Nothing here waits for a deadline, however busy the machine is.
    const cases = declared((engine) => engine, 60_000);
    for (const caughtBy of new Set(brokenEngines.map((broken) => broken.caughtBy))) await cases.get(caughtBy)!();
  });
});

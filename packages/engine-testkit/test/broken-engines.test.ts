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

  test("an engine that is not there is one failure, and all cases after that are skipped in plain sight", async () => {
    const cases: ((context?: TestContext) => Promise<void>)[] = [];
    engineSuite({ test: (_name, run) => cases.push(run), describe: (_name, group) => group(), open: () => Promise.reject(new Error("not installed")), image: memoryImage, script: memoryScript });
    const notes: (string | undefined)[] = [];
    const outcomes = await Promise.allSettled(cases.map((run) => run({ skip: (note) => void notes.push(note) })));
    expect(outcomes.filter(({ status }) => status === "rejected")).toMatchObject([{ reason: new Error("not installed") }]);
    expect(notes).toHaveLength(cases.length - 1);
    expect(new Set(notes)).toEqual(new Set(["The engine does not open."]));
  });

  test("the same cases pass on the engine without a fault", async () => {
    // Nothing here waits for a deadline, however busy the machine is.
    const cases = declared((engine) => engine, 60_000);
    for (const caughtBy of new Set(brokenEngines.map((broken) => broken.caughtBy))) await cases.get(caughtBy)!();
  });
});

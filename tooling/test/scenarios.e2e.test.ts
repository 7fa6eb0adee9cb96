import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { combinations, type Combination } from "../scenarios/combinations.ts";
import { faces, identOf, type Seen } from "../scenarios/faces.ts";
import { expectScenario } from "../scenarios/expect-scenario.ts";
import { normalisedArtifacts, normalisedJournal } from "../scenarios/normalise.ts";
import { copyDataDir, loadScenarios, type Scenario } from "../scenarios/scenario.ts";

interface Run {
  readonly dataDir: string;
  readonly artifactDir: string;
  readonly seen: Seen;
}

const scenarios = await loadScenarios();
const runs = new Map<string, Promise<Run>>();

/** Each combination runs once and is looked at by several tests. */
function run(scenario: Scenario, { face, execution }: Combination): Promise<Run> {
  const key = `${scenario.name} ${face} ${execution}`;
  const known = runs.get(key) ?? perform(scenario, { face, execution });
  runs.set(key, known);
  return known;
}

async function perform(scenario: Scenario, { face, execution }: Combination): Promise<Run> {
  const dataDir = await copyDataDir(scenario);
  const seen = await faces[face]!({ ...scenario.request, privateDataDir: dataDir }, execution);
  return { dataDir, artifactDir: join(dataDir, "artifacts", identOf(face)), seen };
}

beforeAll(() => {
  // A terminal of the person who runs the tests must not show in the tool's output.
  process.env["COLUMNS"] = "80";
});

afterAll(async () => {
  for (const done of await Promise.allSettled(runs.values())) {
    if (done.status === "fulfilled") await rm(done.value.dataDir, { recursive: true, force: true });
  }
});

describe.each(scenarios.map((scenario, index) => [scenario.name, scenario, combinations(index)] as const))("scenario %s", (_name, scenario, ways) => {
  test.each(ways)("through the $face on $execution ends as it should, with the output, events and files it should have", async (way) => {
    const { seen, artifactDir, dataDir } = await run(scenario, way);
    await expectScenario(scenario, seen, dataDir, artifactDir);
    expect(seen.stdout).toBe(await readFile(join(artifactDir, "stdout"), "utf8"));
  });

  test("leaves equal journals and equal artifacts through library, command line and server and on every engine", async () => {
    const [first, ...others] = ways;
    const one = await run(scenario, first!);
    const expected = { journal: await normalisedJournal(one.dataDir, one.artifactDir), artifacts: await normalisedArtifacts(one.dataDir, one.artifactDir) };
    for (const way of others) {
      const other = await run(scenario, way);
      expect({ journal: await normalisedJournal(other.dataDir, other.artifactDir), artifacts: await normalisedArtifacts(other.dataDir, other.artifactDir) }, `${way.face} on ${way.execution}`).toEqual(expected);
    }
  });
});

import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { executions, type Execution } from "../scenarios/executions.ts";
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
function run(scenario: Scenario, face: string, execution: Execution): Promise<Run> {
  const key = `${scenario.name} ${face} ${execution}`;
  const known = runs.get(key) ?? perform(scenario, face, execution);
  runs.set(key, known);
  return known;
}

async function perform(scenario: Scenario, face: string, execution: Execution): Promise<Run> {
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

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))("scenario %s", (_name, scenario) => {
  describe.each(executions)("on %s", (execution) => {
    test("ends as it should, with the output, events and files it should have", async () => {
      const { seen, artifactDir, dataDir } = await run(scenario, "library", execution);
      await expectScenario(scenario, seen, dataDir, artifactDir);
    });

    test("leaves equal journals and shows equal output through library, command line and server", async () => {
      const library = (await Promise.all(["library", "cli", "server"].map((face) => run(scenario, face, execution))))[0]!;
      const journal = await normalisedJournal(library.dataDir, library.artifactDir);
      for (const face of ["cli", "server"]) {
        const other = await run(scenario, face, execution);
        expect(await normalisedJournal(other.dataDir, other.artifactDir), face).toEqual(journal);
        expect(other.seen.status, face).toBe(scenario.expect.status);
        expect(other.seen.rc, face).toBe(scenario.expect.rc);
        expect(other.seen.stdout, face).toBe(await readFile(join(other.artifactDir, "stdout"), "utf8"));
      }
    });
  });

  test(`gives equal artifacts on ${executions.join(", ")}`, async () => {
    const host = await run(scenario, "library", "host");
    const artifacts = await normalisedArtifacts(host.dataDir, host.artifactDir);
    for (const execution of executions.slice(1)) {
      const other = await run(scenario, "library", execution);
      expect(await normalisedArtifacts(other.dataDir, other.artifactDir), execution).toEqual(artifacts);
    }
  });
});

import { rm } from "node:fs/promises";
import { createStandardRunner } from "@distronode-runner/standard";
import { describe, expect, test } from "vitest";
import { engines, isolation, otherImages } from "../scenarios/executions.ts";
import { expectScenario } from "../scenarios/expect-scenario.ts";
import { copyDataDir, loadScenarios } from "../scenarios/scenario.ts";

const scenarios = await loadScenarios();

describe.each(otherImages)("with the automation tool of %s", (image) => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))("scenario %s ends as it should, with the output, events and files it should have", async (_name, scenario) => {
    const dataDir = await copyDataDir(scenario);
    const runner = createStandardRunner();
    try {
      const job = await runner.start({ ...scenario.request, privateDataDir: dataDir, ...isolation(engines[0]!, image) });
      const result = await job.result;
      expect(result.error).toBeUndefined();
      await expectScenario(scenario, result, dataDir, result.artifactDir);
    } finally {
      await runner.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

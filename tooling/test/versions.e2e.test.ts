import { rm } from "node:fs/promises";
import { createStandardRunner } from "@distronode-runner/standard";
import { describe, expect, test } from "vitest";
import { fullMatrix } from "../scenarios/combinations.ts";
import { engines, isolation, otherImages } from "../scenarios/executions.ts";
import { expectScenario } from "../scenarios/expect-scenario.ts";
import { copyDataDir, loadScenarios } from "../scenarios/scenario.ts";

const scenarios = await loadScenarios();

/** Normally each scenario with every other image, and each image with every other scenario; with `--matrix full` all. */
const chosen = (imageIndex: number): typeof scenarios => scenarios.filter((_, index) => fullMatrix || (index + imageIndex) % 2 === 0);

describe.each(otherImages.map((image, index) => [image, index] as const))("with the automation tool of %s", (image, imageIndex) => {
  test.each(chosen(imageIndex).map((scenario) => [scenario.name, scenario] as const))("scenario %s ends as it should, with the output, events and files it should have", async (_name, scenario) => {
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

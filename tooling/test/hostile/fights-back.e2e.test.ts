import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createStandardRunner } from "@distronode-runner/standard";
import { describe, expect, test, vi } from "vitest";
import { startCli } from "../../scenarios/cli.ts";
import { image } from "../../scenarios/executions.ts";
import * as attacks from "./attacks.ts";
import { beats, dataDirOf, discard, livesOn, noticesOf, places, run, where, type Ended } from "./hostile-job.ts";

// No test is about speed: bounds only tell "in its time" from "never".
const never = 120_000;

interface Attack {
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Cancels the job as soon as it has begun to write. */
  readonly cancel?: boolean;
}

async function attack(place: string, program: string, { settings = {}, cancel = false }: Attack = {}): Promise<Ended & { readonly alive: boolean }> {
  const dataDir = await dataDirOf(place, program);
  try {
    const ended = await run({ privateDataDir: dataDir, ...where(place), settings: { cancel_grace: 1, ...settings } }, async (job) => {
      if (!cancel) return;
      await beats(dataDir);
      void job.cancel();
    });
    return { ...ended, alive: await livesOn(dataDir) };
  } finally {
    await discard(dataDir);
  }
}

describe.each(places)("on %s a job", (place) => {
  describe.concurrent("cannot outlive its end", () => {
    test.each([["at once", attacks.stopsParent], ["later", attacks.stopsParentLater]])("by stopping the process that keeps its clocks, %s", { timeout: never }, async (_when, program) => {
      const { result, alive } = await attack(place, program, { settings: { job_timeout: 3 } });
      expect(result, JSON.stringify(result.error)).toMatchObject({ status: "timeout", clock: "job", rc: 254 });
      expect(alive).toBe(false);
    });

    test("by stopping that process before it is canceled", { timeout: never }, async () => {
      const { result, alive } = await attack(place, attacks.stopsParent, { cancel: true });
      expect(result).toMatchObject({ status: "canceled" });
      expect(alive).toBe(false);
    });

    test.each([["deaf", attacks.killsParent], ["in chains", attacks.killsParentInChains]])("by killing that process, %s", { timeout: never }, async (_how, program) => {
      const { result, alive } = await attack(place, program, { settings: { job_timeout: 4 } });
      expect(["error", "timeout"]).toContain(result.status);
      expect(alive).toBe(false);
    });

    test.each([["in chains", attacks.forksInChain], ["by double forks", attacks.forksTwice], ["in a storm", attacks.storms]])("by being somewhere else when it is killed, %s", { timeout: never }, async (_how, program) => {
      const { result, entries, alive } = await attack(place, program, { cancel: true });
      expect(result).toMatchObject({ status: "canceled" });
      expect(noticesOf(entries)).not.toContain("processes_left");
      expect(alive).toBe(false);
    });

    test("by reporting events for ever", { timeout: never }, async () => {
      const { result } = await attack(place, attacks.floods, { settings: { job_timeout: 2, job_events: false } });
      expect(result).toMatchObject({ status: "timeout", clock: "job" });
    });

    test("by beginning events that it does not end", { timeout: never }, async () => {
      const { result, entries } = await attack(place, attacks.beginsLargeEvents, { settings: { job_timeout: 6 } });
      expect(result).toMatchObject({ status: "timeout", clock: "job" });
      expect(noticesOf(entries)).toContain("events_broken");
    });
  });

  test("that reports garbage is not listened to any more, and goes on", { timeout: never }, async () => {
    const { result, stdout, entries } = await attack(place, attacks.floodsWithGarbage);
    expect({ status: result.status, stdout }).toEqual({ status: "successful", stdout: "closed\nclosed\ndone\n" });
    expect(noticesOf(entries)).toContain("events_broken");
  });

  test("that connects and says nothing keeps neither events nor its end from coming", { timeout: never }, async () => {
    const { result } = await attack(place, attacks.saysNothing);
    expect(result).toMatchObject({ status: "successful" });
  });

  test("cannot take itself over, and its owner stays", { timeout: never }, async () => {
    const { result, stdout } = await attack(place, attacks.attachesItself);
    expect({ status: result.status, stdout }).toEqual({ status: "successful", stdout: "said refused refused refused\n" });
  });
});

describe.each(places.filter((place) => place !== "bwrap"))("on %s a job that has put something else in the place of the way to it", (place) => {
  test("learns nothing from who comes, and is taken over all the same", { timeout: never }, async () => {
    const dataDir = await dataDirOf(place, attacks.fakesDoor, { "env/settings": "owner_gone: continue\ncancel_grace: 2\n" });
    const ident = `fake-door-${place}-${randomUUID()}`;
    // Who looks for the job is to meet no other runners.
    vi.stubEnv("DISTRONODE_RUNNER_RUNTIME_DIR", join(dataDir, "runtime"));
    try {
      const job = startCli(["run", dataDir, "-m", "any", "--hosts", "all", "-i", ident, ...(place === "host" ? [] : ["--process-isolation", "--process-isolation-executable", place, "--container-image", image])]);
      await job.shows("stands");
      // The first process looks after its door every few seconds.
      await new Promise((resolve) => setTimeout(resolve, 7000));
      job.child.kill("SIGKILL");
      await job.finished;
      const runner = createStandardRunner();
      try {
        const attached = await runner.attach(ident);
        await writeFile(join(dataDir, "project/go"), "");
        const result = await attached.result;
        expect(result, JSON.stringify(result.error)).toMatchObject({ status: "successful" });
        expect(await readFile(join(result.artifactDir, "stdout"), "utf8")).toBe("stands\ntold to go\n");
        expect(await readFile(join(dataDir, "project/heard"), "utf8").catch(() => "")).not.toContain('"mac"');
      } finally {
        await runner.close();
      }
    } finally {
      vi.unstubAllEnvs();
      await discard(dataDir);
    }
  });
});


import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { faces, identOf } from "../scenarios/faces.ts";
import { classicEvents, runPeer, sequence } from "../scenarios/peer.ts";
import { copyDataDir, loadScenarios } from "../scenarios/scenario.ts";

const ident = identOf("library");

describe.each((await loadScenarios()).map((scenario) => [scenario.name, scenario] as const))("scenario %s, beside the peer on the host", (_name, scenario) => {
  // One host after the other: in which order several are done is chance.
  test("has the same exit code, status and sequence of events (kind, host, task, counters) [ART-07] [EVT-03]", async () => {
    const [theirs, ours] = [await copyDataDir(scenario), await copyDataDir(scenario)];
    try {
      const { playbook, limit } = scenario.request;
      const peer = await runPeer(theirs, ["-p", playbook, "-i", ident, "--forks", "1", ...(limit === undefined ? [] : ["--limit", limit])]);
      const seen = await faces["library"]!({ ...scenario.request, forks: 1, privateDataDir: ours }, "host");
      const artifacts = (root: string): string => join(root, "artifacts", ident);
      expect(seen.rc, peer.output).toBe(peer.rc);
      expect(seen.status).toBe(await readFile(join(artifacts(theirs), "status"), "utf8"));
      expect(sequence(await classicEvents(artifacts(ours)))).toEqual(sequence(await classicEvents(artifacts(theirs))));
    } finally {
      await Promise.all([theirs, ours].map((directory) => rm(directory, { recursive: true, force: true })));
    }
  });
});

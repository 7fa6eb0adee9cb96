import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { Seen } from "./faces.ts";
import { normalisedArtifacts, normalisedJournal } from "./normalise.ts";
import type { Scenario } from "./scenario.ts";

/** Asserts that a run left what the scenario says it should. */
export async function expectScenario({ expect: wanted }: Scenario, seen: Pick<Seen, "status" | "rc">, dataDir: string, artifactDir: string): Promise<void> {
  const stdout = await readFile(join(artifactDir, "stdout"), "utf8");
  expect({ status: seen.status, rc: seen.rc }, stdout).toEqual({ status: wanted.status, rc: wanted.rc });
  expect(await readFile(join(artifactDir, "rc"), "utf8")).toBe(String(wanted.rc));
  expect(await readFile(join(artifactDir, "status"), "utf8")).toBe(wanted.status);
  for (const text of wanted.stdout ?? []) expect(stdout).toContain(text);
  for (const text of wanted.absentStdout ?? []) expect(stdout).not.toContain(text);
  const artifacts = await normalisedArtifacts(dataDir, artifactDir);
  expect(JSON.stringify(artifacts), "an event that could not be made").not.toContain("plugin_error");
  for (const text of wanted.absent ?? []) expect(JSON.stringify([artifacts, await normalisedJournal(dataDir, artifactDir)])).not.toContain(text);
  const kinds = Object.entries(artifacts).filter(([path]) => path.startsWith("job_events/")).map(([, event]) => (event as { event: string }).event);
  for (const [kind, count] of Object.entries(wanted.events ?? {})) {
    const found = kinds.filter((other) => other === kind).length;
    if (count === null) expect(found, kind).toBeGreaterThan(0);
    else expect(found, kind).toBe(count);
  }
  for (const [path, content] of Object.entries(wanted.files ?? {})) expect(await readFile(join(dataDir, path), "utf8")).toBe(content);
  // ansible-core 2.19 and newer puts the version of a schema in front of a host's name.
  const paths = Object.keys(artifacts).map((path) => path.replace("fact_cache/s1_", "fact_cache/"));
  for (const path of wanted.artifacts ?? []) expect(paths).toContain(path);
}

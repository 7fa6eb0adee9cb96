import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { normalisedJournal } from "../scenarios/normalise.ts";

/** The journal of a task on two hosts: of each event its kind, host, and the lines that it prints. */
async function journalOf(...events: readonly (readonly [kind: string, host: string, lines: number])[]): Promise<unknown> {
  const directory = await mkdtemp(join(tmpdir(), "normalise-"));
  let line = 0;
  const entries = events.map(([event, host, lines], index) => ({
    seq: index + 1,
    type: "event",
    event: { event, counter: index + 1, start_line: line, end_line: (line += lines), event_data: { host } },
  }));
  await writeFile(join(directory, "events.ndjson"), entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
  try {
    return await normalisedJournal(directory, directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("whether a host is started before or after another one has reported makes no difference between two journals, what a host reports does", async () => {
  const early = await journalOf(["runner_on_start", "a", 0], ["runner_on_start", "b", 0], ["runner_on_ok", "a", 3], ["runner_on_ok", "b", 1]);
  const late = await journalOf(["runner_on_start", "a", 0], ["runner_on_ok", "a", 3], ["runner_on_start", "b", 0], ["runner_on_ok", "b", 1]);
  const other = await journalOf(["runner_on_start", "a", 0], ["runner_on_ok", "a", 3], ["runner_on_start", "b", 0], ["runner_on_failed", "b", 1]);
  expect(late).toEqual(early);
  expect(other).not.toEqual(early);
});

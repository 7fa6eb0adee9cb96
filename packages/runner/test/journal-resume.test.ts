import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry } from "@distronode-runner/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Journal } from "../src/journal/journal.ts";

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "distronode-journal-"));
  path = join(directory, "events.ndjson");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const now = (): number => 0;
const event = (journal: Journal, number: number): void => journal.append("event", `"event":{"counter":${number}}`, "event");
const counters = async (): Promise<(number | string)[]> => {
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as JournalEntry).map((entry) => (entry.type === "event" ? entry.event.counter : entry.type));
};

test("what another runner had written and the new one says again stands there once, in whatever number of handovers", async () => {
  const first = await Journal.create(path, now);
  for (const number of [1, 2, 3, 4, 5, 6]) event(first, number);
  first.append("notice", '"level":"warning","kind":"sink_delayed","message":""', "notice sink_delayed");
  await first.leave();
  // The second begins after 2, says 3 and 4 again, and is gone; its own checkpoint says what is still to be repeated.
  const second = await Journal.resume(path, now, 2);
  for (const number of [3, 4]) event(second, number);
  const { seq, repeated } = second;
  await second.leave();
  const third = await Journal.resume(path, now, seq, repeated);
  for (const number of [5, 6, 7]) event(third, number);
  await third.end(0);
  expect(await counters()).toEqual([1, 2, 3, 4, 5, 6, "notice", 7, "end"]);
  expect(third.events).toBe(7);
});

test("a line that was cut off by the death of its writer is none, and is written again", async () => {
  const first = await Journal.create(path, now);
  event(first, 1);
  await first.leave();
  await appendFile(path, '{"seq":2,"time":"1970-01-01T00:00:00.000Z","type":"event","event":{"coun');
  const second = await Journal.resume(path, now, 0);
  for (const number of [1, 2]) event(second, number);
  await second.end(0);
  expect(await counters()).toEqual([1, 2, "end"]);
});

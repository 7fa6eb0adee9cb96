import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry } from "@distronode-runner/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { entriesOf } from "../src/jobs/journal-file.ts";
import { Journal } from "../src/journal/journal.ts";
import { readEntries, type JournalFile } from "../src/journal/read-entries.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "distronode-journal-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const create = (): Promise<Journal> => Journal.create(join(directory, "events.ndjson"), () => 0);
const note = (journal: Journal, message: string): void => journal.append("notice", `"level":"info","kind":"test","message":${JSON.stringify(message)}`);
async function collect(entries: AsyncIterable<JournalEntry>): Promise<JournalEntry[]> {
  const all: JournalEntry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}

test("readers get every entry in order, whether they came before, during or after it was written", async () => {
  const journal = await create();
  const early = collect(journal.read());
  for (let index = 0; index < 3000; index += 1) note(journal, `é${index}`);
  const middle = collect(journal.read({ from: 2000 }));
  await journal.flush();
  for (let index = 3000; index < 5000; index += 1) note(journal, `é${index}`);
  await journal.end(0);
  const late = await collect(journal.read());
  expect(late).toHaveLength(5001);
  expect(late.map((entry) => entry.seq)).toEqual(Array.from({ length: 5001 }, (_, index) => index + 1));
  expect(await early).toEqual(late);
  expect(await middle).toEqual(late.slice(1999));
});

test("a reader that wants only some kinds of entries gets those, whatever size the others have", async () => {
  const journal = await create();
  const wanted = collect(journal.read({ types: ["notice", "end"] }));
  const large = Buffer.from(JSON.stringify({ stdout: `"type":"notice" ${"x".repeat(700_000)}` }));
  for (let index = 0; index < 20; index += 1) {
    note(journal, `n${index} "type":"event"`);
    journal.append("event", index % 2 === 0 ? ['"event":', large] : '"event":{}');
    if (index % 5 === 0) await journal.flush();
  }
  await journal.end(0);
  const all = await collect(journal.read());
  expect(all).toHaveLength(41);
  expect(await wanted).toEqual(all.filter(({ type }) => type !== "event"));
  expect(await collect(journal.read({ types: ["event"], from: 40 }))).toEqual(all.filter(({ type, seq }) => type === "event" && seq >= 40));
});

test("of a job elsewhere too a reader gets the kinds it wants, and is done with the last entry", async () => {
  const journal = await create();
  const reading = collect(entriesOf(journal.path, { types: ["notice"] }, () => Promise.resolve(false)));
  note(journal, "a");
  journal.append("event", `"event":{}`);
  await journal.end(0);
  expect((await reading).map(({ type }) => type)).toEqual(["notice"]);
  expect((await collect(entriesOf(journal.path, {}, () => Promise.resolve(false)))).map(({ type }) => type)).toEqual(["notice", "event", "end"]);
});

test("the last entry has the counts that prove completeness", async () => {
  const journal = await create();
  note(journal, "a");
  journal.append("event", `"event":{}`);
  await journal.end(12);
  expect((await collect(journal.read())).at(-1)).toEqual({ seq: 3, time: "1970-01-01T00:00:00.000Z", type: "end", entries: 3, events: 1, stdoutBytes: 12, bytes: 207 });
});

test("a slow reader does not hold the writer back, and misses nothing", async () => {
  const journal = await create();
  const reader = journal.read()[Symbol.asyncIterator]();
  note(journal, "first");
  await reader.next();
  for (let index = 0; index < 20_000; index += 1) note(journal, "x".repeat(200));
  await journal.end(0);
  let seen = 1;
  while (!(await reader.next()).done) seen += 1;
  expect(seen).toBe(20_002);
});

test("a reader that does not follow ends where the file ends", async () => {
  const journal = await create();
  note(journal, "a");
  await journal.flush();
  expect(await collect(journal.read({ follow: false }))).toHaveLength(1);
  await journal.end(0);
});

test("an aborted reader stops with the signal's reason", async () => {
  const journal = await create();
  const controller = new AbortController();
  const reading = collect(journal.read({ signal: controller.signal }));
  controller.abort(new Error("enough"));
  await expect(reading).rejects.toThrow("enough");
  await journal.end(0);
});

test("a reader may leave early", async () => {
  const journal = await create();
  note(journal, "a");
  note(journal, "b");
  for await (const entry of journal.read()) {
    expect(entry.seq).toBe(1);
    break;
  }
  await journal.end(0);
});

test("readers that have caught up sleep: nothing is looked at until the journal says that it has changed [API-11]", async () => {
  const journal = await create();
  note(journal, "first");
  await journal.flush();
  let looks = 0;
  let woken = Promise.withResolvers<void>();
  const watched: JournalFile = {
    path: journal.path,
    get written() {
      looks += 1;
      return journal.written;
    },
    get ended() {
      return journal.ended;
    },
    failure: undefined,
    open: () => journal.open(),
    changed: () => woken.promise,
    placeOf: (seq) => journal.placeOf(seq),
  };
  const readers = Array.from({ length: 3 }, () => collect(readEntries(watched, {})));
  const turns = async (): Promise<number> => {
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setTimeout(resolve));
    return looks;
  };
  const asleep = await turns();
  expect(await turns()).toBe(asleep);
  await journal.end(0);
  woken.resolve();
  woken = Promise.withResolvers();
  for (const entries of await Promise.all(readers)) expect(entries).toHaveLength(2);
  expect(looks).toBeLessThan(asleep + 30);
});

import { Writable } from "node:stream";
import { expect, test, vi } from "vitest";
import type { OpenPieces } from "../src/streams/piece.ts";
import { sendPieces } from "../src/streams/send-pieces.ts";
import { Slots } from "../src/streams/slots.ts";

/** A reader that takes what is written only when it is told to. */
class Reader extends Writable {
  readonly taken: Buffer[] = [];
  #pending: (() => void)[] = [];
  eager = false;

  constructor() {
    super({ highWaterMark: 1024 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk);
    if (this.eager) done();
    else this.#pending.push(done);
  }

  takeAll(): void {
    this.eager = true;
    for (const done of this.#pending.splice(0)) done();
  }

  get text(): string {
    return Buffer.concat(this.taken).toString();
  }
}

const entry = (seq: number): string => `${seq}:${String(seq % 10).repeat(200_000)}\n`;

function journal(count: number): { open: OpenPieces; opened: number[]; readers: () => number } {
  const opened: number[] = [];
  let readers = 0;
  return {
    opened,
    readers: () => readers,
    async *open(from) {
      opened.push(from);
      readers += 1;
      try {
        for (let seq = from; seq <= count; seq += 1) yield { seq, text: entry(seq) };
      } finally {
        readers -= 1;
      }
    },
  };
}

test("for a reader that has stalled the journal is not held open, and it gets the rest from where it was, to the byte", async () => {
  const { open, opened, readers } = journal(8);
  const reader = new Reader();
  const sent = sendPieces(reader, open, { from: 2, signal: new AbortController().signal, slots: new Slots(2) });
  await vi.waitFor(() => expect([opened, readers()]).toEqual([[2], 0]), 10_000);
  reader.takeAll();
  await sent;
  expect(opened.length).toBeGreaterThan(1);
  expect(reader.text).toBe([2, 3, 4, 5, 6, 7, 8].map(entry).join(""));
});

test("a heartbeat in front of an entry that is gone on with repeats nothing", async () => {
  const reader = new Reader();
  let opened = 0;
  const open: OpenPieces = async function* (from) {
    opened += 1;
    if (opened > 1) yield { text: "" };
    for (let seq = from; seq <= 2; seq += 1) yield { seq, text: entry(seq) };
  };
  const sent = sendPieces(reader, open, { from: 1, signal: new AbortController().signal, slots: new Slots(2) });
  // Long enough for it to be given up, however slow the machine: it is given up as soon as it can be.
  await new Promise((resolve) => setTimeout(resolve, 500));
  reader.takeAll();
  await sent;
  expect(reader.text).toBe(entry(1) + entry(2));
});

test("what cannot be asked for again is waited with", async () => {
  const reader = new Reader();
  let opened = 0;
  const open: OpenPieces = async function* () {
    opened += 1;
    for (let count = 1; count <= 3; count += 1) yield { text: Buffer.from(entry(count)) };
  };
  const sent = sendPieces(reader, open, { from: 1, signal: new AbortController().signal, slots: new Slots(2) });
  await new Promise((resolve) => setTimeout(resolve, 500));
  reader.takeAll();
  await sent;
  expect([opened, reader.text]).toEqual([1, entry(1) + entry(2) + entry(3)]);
});

test("a reader that goes away while it is waited for ends the stream", async () => {
  const { open, readers } = journal(8);
  const gone = new AbortController();
  const sent = sendPieces(new Reader(), open, { from: 1, signal: gone.signal, slots: new Slots(2) });
  await vi.waitFor(() => expect(readers()).toBe(0), 10_000);
  gone.abort(new Error("gone"));
  await expect(sent).rejects.toThrow("gone");
});

test("readers that catch up make room for each other, and each gets all of it", async () => {
  const { open, readers } = journal(300);
  const slots = new Slots(2);
  let most = 0;
  const counted: OpenPieces = async function* (from, signal) {
    for await (const piece of open(from, signal)) {
      most = Math.max(most, readers());
      yield piece;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const all = Array.from({ length: 6 }, () => new Reader());
  for (const reader of all) reader.takeAll();
  await Promise.all(all.map((reader) => sendPieces(reader, counted, { from: 1, signal: new AbortController().signal, slots })));
  const whole = Array.from({ length: 300 }, (_, index) => entry(index + 1)).join("");
  for (const reader of all) expect(reader.text === whole).toBe(true);
  expect(most).toBeLessThanOrEqual(2);
  expect(slots.contended).toBe(false);
});

test("readers that wait for news keep nobody from reading", async () => {
  const slots = new Slots(2);
  const gone = new AbortController();
  const waiting: OpenPieces = async function* (_from, signal) {
    yield { seq: 1, text: "x" };
    await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
  };
  const followers = Array.from({ length: 10 }, () => sendPieces(new Reader(), waiting, { from: 1, signal: gone.signal, slots }).catch(() => {}));
  const reader = new Reader();
  reader.takeAll();
  await sendPieces(reader, journal(3).open, { from: 1, signal: gone.signal, slots });
  expect(reader.text).toBe([1, 2, 3].map(entry).join(""));
  gone.abort();
  await Promise.all(followers);
});

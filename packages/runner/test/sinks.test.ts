import { expect, test } from "vitest";
import { backOff, usualPace } from "../src/sinks/back-off.ts";
import { batches } from "../src/sinks/batches.ts";

test("the wait between attempts doubles from half a second to half a minute, and varies", () => {
  const longest = [1, 2, 3, 7, 50].map((failures) => backOff(failures, usualPace, () => 1));
  expect(longest).toEqual([0.5, 1, 2, 30, 30]);
  expect([1, 2, 3, 7].map((failures) => backOff(failures, usualPace, () => 0))).toEqual([0.5, 0.5, 1, 15]);
});

test("what is there comes together, and nothing waits for more", async () => {
  const more = Promise.withResolvers<void>();
  let closed = false;
  async function* source(): AsyncIterable<number> {
    try {
      for (let n = 1; n <= 7; n += 1) yield n;
      await more.promise;
      yield 8;
      yield 9;
    } finally {
      closed = true;
    }
  }
  const seen: (readonly number[])[] = [];
  for await (const batch of batches(source(), 3)) {
    seen.push(batch);
    if (batch.includes(7)) more.resolve();
  }
  expect(seen).toEqual([[1, 2, 3], [4, 5, 6], [7], [8, 9]]);
  expect(closed).toBe(true);
});

test("leaving early closes the source, and a source that fails is heard of after what it gave", async () => {
  let closed = false;
  async function* source(): AsyncIterable<number> {
    try {
      yield 1;
      yield 2;
      throw new Error("disk");
    } finally {
      closed = true;
    }
  }
  for await (const batch of batches(source(), 1)) {
    expect(batch).toEqual([1]);
    break;
  }
  await Promise.resolve();
  expect(closed).toBe(true);
  const seen: (readonly number[])[] = [];
  const reading = async (): Promise<void> => {
    for await (const batch of batches(source(), 2)) seen.push(batch);
  };
  await expect(reading()).rejects.toThrow("disk");
  expect(seen).toEqual([[1, 2]]);
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { slack, verdict, type Watched } from "../src/lifecycle/watchdog.ts";
import { WatchClocks } from "../src/lifecycle/watch-clocks.ts";

const clocks = { job: 30, idle: 0, grace: 10 };
const limit = 30 + 10 + slack;
const watched = (changes: Partial<Watched>): Watched => ({ running: 0, started: true, silent: 0, said: 0, ...changes });

test("a first process that says nothing any more when the time is over, and as long after that as it may need, is overdue", () => {
  expect(verdict(clocks, watched({ running: limit - 1, silent: limit - 1 }))).toEqual({ wait: 1 });
  expect(verdict(clocks, watched({ running: limit, silent: limit }))).toEqual({ expired: "job" });
});

test("one that is only late with what it said in time is waited for; one that lets the tool go on is not", () => {
  expect(verdict(clocks, watched({ running: limit + 100, silent: 1, said: 39 }))).toEqual({ wait: slack - 1 });
  expect(verdict(clocks, watched({ running: limit + 100, silent: 1, said: limit + 15 }))).toEqual({ expired: "job" });
});

test("before the tool was started there is more time", () => {
  expect(verdict(clocks, watched({ running: limit + 30, silent: limit, started: false }))).toEqual({ wait: 30 });
  expect(verdict(clocks, watched({ running: limit + 60, silent: limit, started: false }))).toEqual({ expired: "job" });
});

test("a heartbeat is enough for the idle clock, which is the first process's to keep as long as that one lives", () => {
  const idle = { job: 0, idle: 20, grace: 1 };
  expect(verdict(idle, watched({ running: 1000, silent: 5 }))).toEqual({ wait: 20 + 1 + slack - 5 });
  expect(verdict(idle, watched({ running: 1000, silent: 20 + 1 + slack }))).toEqual({ expired: "idle" });
});

test("without clocks a job may be silent for ever", () => {
  expect(verdict({ job: 0, idle: 0, grace: 10 }, watched({ running: 1e9, silent: 1e9 }))).toBeUndefined();
});

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => vi.useRealTimers());

function watch(given: Partial<typeof clocks> = {}): { readonly clock: WatchClocks; readonly expired: string[] } {
  const expired: string[] = [];
  return { clock: new WatchClocks({ ...clocks, ...given }, (name) => expired.push(name)), expired };
}

test("the timer finds a frozen first process once its time is over", () => {
  const { clock, expired } = watch();
  clock.begin();
  clock.started(1000);
  clock.heard(1000);
  clock.listening();
  vi.advanceTimersByTime((limit - 1) * 1000);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(3000);
  expect(expired).toEqual(["job"]);
});

test("what comes in the last moment counts, also when the runner itself was stopped before it could read it", () => {
  const { clock, expired } = watch({ job: 0, idle: 30 });
  clock.begin();
  clock.started(1000);
  vi.advanceTimersByTime(limit * 1000 + 500);
  clock.heard(1044);
  clock.listening();
  vi.advanceTimersByTime(10_000);
  expect(expired).toEqual([]);
});

test("while the runner itself is slow to store what came, nobody is silent", () => {
  const { clock, expired } = watch({ job: 0, idle: 30 });
  clock.begin();
  clock.started(1000);
  clock.heard(1001);
  vi.advanceTimersByTime(1_000_000);
  expect(expired).toEqual([]);
  clock.listening();
  vi.advanceTimersByTime((limit + 2) * 1000);
  expect(expired).toEqual(["idle"]);
});

test("a job that was taken over keeps its time", () => {
  const { clock, expired } = watch();
  clock.begin();
  clock.started(1000, 1040);
  vi.advanceTimersByTime(4000);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(3000);
  expect(expired).toEqual(["job"]);
});

test("a job that was taken over long after its time may still tell what it said in time", () => {
  const { clock, expired } = watch();
  clock.begin();
  clock.started(1000, 9000);
  for (let second = 0; second < 60; second += 1) {
    clock.heard(1010 + second / 10);
    clock.listening();
    vi.advanceTimersByTime(1000);
  }
  expect(expired).toEqual([]);
});

test("a job that has ended is not looked at any more", () => {
  const { clock, expired } = watch();
  clock.begin();
  clock.started(1000);
  clock.stop();
  clock.begin();
  vi.advanceTimersByTime(1_000_000);
  expect(expired).toEqual([]);
});

import { expect, test, vi } from "vitest";
import { Phases } from "../src/phases.ts";

test("phases last as long as they did, whatever the machine's clock is set to meanwhile", () => {
  vi.useFakeTimers({ now: new Date("2026-06-01"), toFake: ["Date"] });
  try {
    const phases = new Phases();
    phases.enter("run");
    vi.setSystemTime(new Date("2026-05-01"));
    phases.enter("remove");
    vi.setSystemTime(new Date("2027-01-01"));
    phases.end();
    expect(Object.keys(phases.milliseconds)).toEqual(["prepare", "run", "remove"]);
    for (const milliseconds of Object.values(phases.milliseconds)) {
      expect(milliseconds).toBeGreaterThanOrEqual(0);
      expect(milliseconds).toBeLessThan(60_000);
    }
  } finally {
    vi.useRealTimers();
  }
});

test("a phase that is entered again goes on", () => {
  let now = 0;
  const phases = new Phases(() => now);
  for (const [name, at] of [["pull", 3], ["run", 10], ["pull", 15]] as const) {
    now = at;
    phases.enter(name);
  }
  now = 20.4;
  phases.end();
  expect(phases.milliseconds).toEqual({ prepare: 3, pull: 12, run: 5 });
});

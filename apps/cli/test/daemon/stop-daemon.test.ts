import { expect, test } from "vitest";
import { stopRunner } from "../../src/daemon/stop-daemon.ts";

async function stopped(diesOf: (signals: readonly string[]) => boolean): Promise<{ end: string; signals: string[]; seconds: number }> {
  const signals: string[] = [];
  let milliseconds = 0;
  const end = await stopRunner({ alive: () => !diesOf(signals), signal: (name) => signals.push(name), grace: 3, wait: async (ms) => (milliseconds += ms) });
  return { end, signals, seconds: milliseconds / 1000 };
}

test("a runner is asked once [STA-11]", async () => {
  expect(await stopped((signals) => signals.length === 1)).toEqual({ end: "gone", signals: ["SIGTERM"], seconds: 0 });
});

test("one that takes longer than the grace is asked to kill its job [STA-12]", async () => {
  expect(await stopped((signals) => signals.length === 2)).toEqual({ end: "gone", signals: ["SIGTERM", "SIGTERM"], seconds: 13 });
});

test("one that does not answer is killed [STA-12]", async () => {
  expect(await stopped((signals) => signals.includes("SIGKILL"))).toEqual({ end: "killed", signals: ["SIGTERM", "SIGTERM", "SIGKILL"], seconds: 23 });
});

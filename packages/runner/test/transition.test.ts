import { RunnerError } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import type { Effect, JobState, Message } from "../src/lifecycle/states.ts";
import { initialEffects, initialState, transition } from "../src/lifecycle/transition.ts";

const exit = (code: number, why: string | null = null): Message => ({ is: "ended", exit: { code, signal: null, why } });
const cancel: Message = { is: "cancel", force: false };
const error = new RunnerError("ENGINE_FAILED", "x");

function play(messages: readonly Message[]): { readonly state: JobState; readonly effects: readonly Effect[] } {
  let state = initialState;
  const effects = [...initialEffects];
  for (const message of messages) {
    const [next, more] = transition(state, message);
    state = next;
    effects.push(...more);
  }
  return { state, effects };
}

const happy: readonly Message[] = [{ is: "prepared" }, { is: "created", id: "c" }, { is: "started" }, exit(0), { is: "removed" }];

test("a job that goes well is prepared, created, started, removed and finished, in this order", () => {
  const { state, effects } = play(happy);
  expect(effects.map((effect) => effect.do)).toEqual(["prepare", "create", "start", "remove", "finish"]);
  expect(state).toMatchObject({ at: "done", outcome: { status: "successful" } });
});

test.each([
  ["while it is prepared", [cancel], ["prepare", "abort", "finish"]],
  ["while its container is made", [{ is: "prepared" }, cancel, { is: "created", id: "c" }, { is: "removed" }], ["prepare", "create", "remove", "finish"]],
  ["while it starts", [{ is: "prepared" }, { is: "created", id: "c" }, cancel, { is: "started" }, exit(99), { is: "removed" }], ["prepare", "create", "start", "stop", "stop", "remove", "finish"]],
  ["while it runs", [...happy.slice(0, 3), cancel, exit(99, "canceled"), { is: "removed" }], ["prepare", "create", "start", "stop", "remove", "finish"]],
] as const)("a cancel %s ends as canceled", (_when, messages, expected) => {
  const { state, effects } = play(messages as readonly Message[]);
  expect(effects.map((effect) => effect.do)).toEqual(expected);
  expect(state).toMatchObject({ at: "done", outcome: { status: "canceled" } });
});

test("a job that does not stop in time is killed, and one that survives that ends as an error", () => {
  const { state, effects } = play([...happy.slice(0, 3), cancel, { is: "overdue" }, { is: "overdue" }, { is: "overdue" }, { is: "removed" }]);
  expect(effects.map((effect) => effect.do)).toEqual(["prepare", "create", "start", "stop", "kill", "kill", "remove", "finish"]);
  expect(state).toMatchObject({ at: "done", outcome: { status: "error" } });
});

test("the shim's clocks end a job as timeout", () => {
  expect(play([...happy.slice(0, 3), exit(99, "job_timeout"), { is: "removed" }]).state).toMatchObject({ outcome: { status: "timeout" } });
});

test("a clock that the shim does not obey is enforced by the engine, and the job ends as timeout by that clock", () => {
  const expired: Message = { is: "expired", clock: "idle" };
  for (const last of [{ is: "broke", error }, exit(137)] as const) {
    const { state, effects } = play([...happy.slice(0, 3), expired, last, { is: "removed" }]);
    expect(effects.map((effect) => effect.do)).toEqual(["prepare", "create", "start", "kill", "remove", "finish"]);
    expect(state).toMatchObject({ at: "done", outcome: { status: "timeout", clock: "idle" } });
  }
  expect(play([...happy.slice(0, 3), expired, { is: "overdue" }, { is: "overdue" }, { is: "removed" }]).state).toMatchObject({ outcome: { status: "error" } });
});

test("a job that is being canceled is canceled, whatever its clocks say", () => {
  const { state, effects } = play([...happy.slice(0, 3), cancel, { is: "expired", clock: "job" }, exit(99, "canceled"), { is: "removed" }]);
  expect(effects.map((effect) => effect.do)).not.toContain("kill");
  expect(state).toMatchObject({ outcome: { status: "canceled" } });
});

test("a container that can not be removed makes the job an error", () => {
  expect(play([...happy.slice(0, 4), { is: "remove_failed", error }]).state).toMatchObject({ outcome: { status: "error", error } });
});

test("whatever comes in whatever order, the laws of the table hold", () => {
  const messages: readonly Message[] = [{ is: "prepared" }, { is: "created", id: "c" }, { is: "started" }, exit(0), exit(2), { is: "broke", error }, cancel, { is: "cancel", force: true }, { is: "overdue" }, { is: "expired", clock: "job" }, { is: "removed" }, { is: "remove_failed", error }];
  let seed = 1;
  const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 4000; round += 1) {
    let state: JobState = initialState;
    let ended = false;
    const counts: Record<string, number> = {};
    for (let step = 0; step < 12; step += 1) {
      const message = messages[random(messages.length)]!;
      const before = state;
      const [next, effects] = transition(state, message);
      if (before.at === "done") expect([next, effects]).toEqual([before, []]);
      if (message.is === "ended" || message.is === "broke") ended ||= "id" in before;
      for (const effect of effects) counts[effect.do] = (counts[effect.do] ?? 0) + 1;
      if (next.at === "done" && next.outcome.status === "canceled") expect(ended || (counts["start"] ?? 0) === 0).toBe(true);
      state = next;
    }
    expect(counts["remove"] ?? 0).toBeLessThanOrEqual(1);
    expect(counts["finish"] ?? 0).toBe(state.at === "done" ? 1 : 0);
    if (state.at === "done" && (counts["start"] ?? 0) > 0) expect(counts["remove"]).toBe(1);
  }
});

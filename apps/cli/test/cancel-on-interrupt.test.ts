import type { JobHandle } from "@distronode-runner/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cancelOnInterrupt, type InterruptibleJob } from "../src/cancel-on-interrupt.ts";

let seen: string[];
let interrupts: InterruptibleJob;
let job: JobHandle;

beforeEach(() => {
  seen = [];
  interrupts = cancelOnInterrupt({ tell: (text) => void seen.push(text.replace(/ .*\n/s, "")), leave: () => void seen.push("leave") });
  const cancel = (options: { force?: boolean }): void => void seen.push(options.force === true ? "kill" : "cancel");
  job = { ident: "one", status: "running", cancel } as unknown as JobHandle;
});
afterEach(() => interrupts.stop());

const interrupt = (signal: NodeJS.Signals): boolean => process.emit(signal);

test("the first interrupt cancels, the next one kills", () => {
  interrupts.watch(job);
  interrupt("SIGINT");
  expect(seen).toEqual(["Canceling", "cancel"]);
  interrupt("SIGTERM");
  expect(seen).toEqual(["Canceling", "cancel", "kill"]);
});

test("an interrupt that came before the job is handed on", () => {
  interrupt("SIGHUP");
  interrupts.watch(job);
  expect(seen).toEqual(["Canceling", "Canceling", "cancel"]);
});

test("two before the job leave at once", () => {
  interrupt("SIGINT");
  interrupt("SIGINT");
  expect(seen).toEqual(["Canceling", "leave"]);
});

test("one after the job leaves at once", () => {
  interrupts.watch({ ...job, status: "successful" } as JobHandle);
  interrupt("SIGINT");
  expect(seen).toEqual(["leave"]);
});

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
  job = { ident: "one", status: "running", artifactDir: "/data/artifacts/one", plan: { execution: { kind: "container", engine: "podman", containerName: "distronode_runner_one" } }, cancel } as unknown as JobHandle;
});
afterEach(() => interrupts.stop());

const interrupt = (signal: NodeJS.Signals): boolean => process.emit(signal);

test("the first interrupt cancels, the next one kills", () => {
  interrupts.watch(job);
  interrupt("SIGINT");
  expect(seen).toEqual(["Canceling", "cancel"]);
  interrupt("SIGTERM");
  expect(seen).toEqual(["Canceling", "cancel", "Killing", "kill"]);
});

test("when a kill takes too long, and with one more interrupt, the process ends and says what it leaves", async () => {
  interrupts.watch(job);
  for (let count = 0; count < 3; count += 1) interrupt("SIGINT");
  expect(seen).toEqual(["Canceling", "cancel", "Killing", "kill", "Left", "leave"]);
  interrupts.stop();
  const told: string[] = [];
  const left = Promise.withResolvers<undefined>();
  interrupts = cancelOnInterrupt({ tell: (text) => void told.push(text), leave: () => left.resolve(undefined), patience: 10 });
  interrupts.watch(job);
  interrupt("SIGINT");
  interrupt("SIGINT");
  await left.promise;
  expect(told.at(-1)).toContain("job one, its container distronode_runner_one in podman, and its artifacts in /data/artifacts/one.");
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

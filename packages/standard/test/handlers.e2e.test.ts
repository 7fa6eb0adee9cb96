import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { JobHandle, JobRequest, JournalEntry, Runner, StartOptions } from "@distronode-runner/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createStandardRunner, run, runCommand } from "../src/index.ts";

// What the program that starts a job can say in it. The jobs are shell scripts: what they run makes no difference here.

let root: string;
let runner: Runner;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "distronode-handlers-"));
  runner = createStandardRunner();
});
afterEach(async () => {
  await runner.close();
  await rm(root, { recursive: true, force: true });
});

const shell = (script: string, options: StartOptions = {}, more: Partial<JobRequest> = {}): Promise<JobHandle> =>
  runner.start({ privateDataDir: root, command: ["sh", "-c", script], ident: "job", settings: { cancel_grace: 1 }, ...more }, options);
const artifact = (name: string): Promise<string> => readFile(join(root, "artifacts/job", name), "utf8");
const eventFiles = async (): Promise<number[]> => (await readdir(join(root, "artifacts/job/job_events"))).map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b);
async function entries(job: JobHandle): Promise<JournalEntry[]> {
  const all: JournalEntry[] = [];
  for await (const entry of job.entries()) all.push(entry);
  return all;
}

test("handlers get what the peer's get, in its order: statuses, events by counter, the final status with the exit code, the end [API-09]", async () => {
  const calls: string[] = [];
  const job = await shell("echo one; echo two; exit 3", {
    onStatus: ({ status, command, cwd, env, rc }) => void calls.push(`${status} ${JSON.stringify(command ?? rc ?? null)} ${cwd !== undefined && env !== undefined}`),
    onEvent: async ({ counter, stdout, runner_ident }) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      calls.push(`${counter} ${stdout} ${runner_ident}`);
    },
    onFinished: async ({ status, rc, artifactDir }) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      calls.push(`finished ${status} ${rc} ${artifactDir === join(root, "artifacts/job")}`);
    },
  });
  await job.result;
  expect(calls).toEqual(['starting ["sh","-c","echo one; echo two; exit 3"] true', "running null false", "1 one job", "2 two job", "failed 3 false", "finished failed 3 true"]);
});

test("the final status and the end are told when rc, status and all event files are on disk [API-09] [ART-19]", async () => {
  const seen: (readonly [string, string, number])[] = [];
  const look = async (): Promise<void> => void seen.push([await artifact("rc"), await artifact("status"), (await eventFiles()).length]);
  const job = await shell("seq 50", { onStatus: ({ rc }) => (rc === undefined ? undefined : look()), onEvent: () => true, onFinished: look });
  await job.result;
  expect(seen).toEqual([["0", "successful", 50], ["0", "successful", 50]]);
});

test("an event that its handler answers with false has no file; journal and stdout have it all the same, and any other answer keeps the file [EVT-23]", async () => {
  const answers = [true, false, undefined, Promise.resolve(false), Promise.resolve(), null as unknown as undefined];
  const job = await shell("seq 6", { onEvent: ({ counter }) => answers[counter - 1] });
  expect(await job.result).toMatchObject({ status: "successful", events: 6 });
  expect(await eventFiles()).toEqual([1, 3, 5, 6]);
  expect(await artifact("stdout")).toBe("1\n2\n3\n4\n5\n6\n");
  const journal = (await entries(job)).flatMap((entry) => (entry.type === "event" ? [entry.event] : []));
  expect(journal.map((event) => event.counter)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(JSON.parse(await artifact(`job_events/3-${journal[2]!.uuid}.json`))).toEqual(journal[2]);
});

test("a handler that is slow does not hold the job back, and gets every event all the same", async () => {
  const hold = Promise.withResolvers<void>();
  const seen: number[] = [];
  const job = await shell("seq 3000; echo done >ended", {
    onEvent: async ({ counter }) => {
      if (counter === 1) await hold.promise;
      seen.push(counter);
    },
  }, { hostCwd: root });
  for await (const event of job.events()) if (event.counter === 3000) break;
  while (!existsSync(join(root, "ended"))) await new Promise((resolve) => setTimeout(resolve, 20));
  expect([job.status, job.rc, seen.length]).toEqual(["running", undefined, 0]);
  hold.resolve();
  expect(await job.result).toMatchObject({ status: "successful" });
  expect([job.status, job.rc]).toEqual(["successful", 0]);
  expect(seen).toEqual(Array.from({ length: 3000 }, (_, index) => index + 1));
  expect(await eventFiles()).toHaveLength(3000);
});

test.each([
  ["onEvent", { onEvent: () => Promise.reject(new Error("no such table")) }],
  ["onStatus", { onStatus: () => Promise.reject(new Error("no such table")) }],
  ["isCanceled", { isCanceled: () => Promise.reject(new Error("no such table")) }],
] satisfies [string, StartOptions][])("a job whose handler %s throws is stopped, and its result and artifacts say why [API-10] [STA-03]", async (name, options) => {
  let finished: unknown;
  const job = await shell("echo here; exec sleep 60", { ...options, onFinished: (result) => void (finished = result) });
  const result = await job.result;
  expect(result).toMatchObject({ status: "error", rc: 1, error: { code: "HANDLER_FAILED", message: `The handler ${name} threw: no such table` } });
  expect(finished).toEqual(result);
  expect([await artifact("status"), await artifact("rc")]).toEqual(["error", "1"]);
  const told = await entries(job);
  expect(told.filter((entry) => entry.type === "notice")).toMatchObject([{ level: "error", kind: "handler_failed", message: `The handler ${name} threw: no such table` }]);
  expect(await eventFiles()).toHaveLength(told.filter((entry) => entry.type === "event").length);
});

test("a handler that throws when the job has ended adds its error to the result, and leaves the job's own end as it was [API-10]", async () => {
  const job = await shell("exit 4", {
    onFinished: () => {
      throw new Error("mail server is down");
    },
  });
  expect(await job.result).toMatchObject({ status: "failed", rc: 4, error: { code: "HANDLER_FAILED", message: "The handler onFinished threw: mail server is down" } });
  expect([await artifact("status"), await artifact("rc")]).toEqual(["failed", "4"]);
});

test("a job is canceled when it is asked whether it is and hears yes, as the peer's cancel callback; the exit code is 254 [STA-03]", async () => {
  let asked = 0;
  const job = await shell("exec sleep 60", { isCanceled: () => (asked += 1) > 1 });
  expect(await job.result).toMatchObject({ status: "canceled", rc: 254 });
  expect(asked).toBe(2);
  expect(await artifact("status")).toBe("canceled");
});

test("aborting the signal cancels the job, and one that is aborted already lets nothing start [STA-03]", async () => {
  const stop = new AbortController();
  const job = await shell("echo here; exec sleep 60", { signal: stop.signal, onEvent: () => stop.abort() });
  expect(await job.result).toMatchObject({ status: "canceled", rc: 254, events: 1 });
  const never = await run({ privateDataDir: root, command: ["touch", join(root, "started")] }, { signal: AbortSignal.abort() });
  expect([never.status, never.rc, existsSync(join(root, "started"))]).toEqual(["canceled", 254, false]);
});

test("a command reads what it is given, as text, as bytes or piece by piece, and then the end; without any there is nothing to read [API-02]", async () => {
  const read = (options: StartOptions): Promise<{ readonly stdout: string }> => runCommand(runner, ["cat"], options);
  expect((await read({ stdin: "täxt" })).stdout).toBe("täxt");
  const large = Buffer.alloc(300_000, `${"0123456789".repeat(300)}\n`);
  expect((await read({ stdin: large })).stdout).toBe(large.toString());
  expect((await read({ stdin: Readable.from(["a", "b", Buffer.from("c")]) })).stdout).toBe("abc");
  expect((await read({})).stdout).toBe("");
});

test("input that never comes does not hold the job's end back, and input that fails stops the job", async () => {
  expect(await runCommand(runner, ["true"], { stdin: new Readable({ read() {} }) })).toMatchObject({ rc: 0 });
  const broken = Readable.from((async function* () {
    yield "one\n";
    throw new Error("disk");
  })());
  await expect(runCommand(runner, ["cat"], { stdin: broken, settings: { cancel_grace: 1 } })).rejects.toMatchObject({ code: "HANDLER_FAILED", message: "The handler stdin threw: disk" });
});

test("a command gets a terminal where one is asked for, with or without input [API-03]", async () => {
  const kind = ["sh", "-c", "for fd in 0 1 2; do test -t $fd && echo $fd terminal || echo $fd none; done"];
  expect((await runCommand(runner, kind, {})).stdout).toBe("0 none\n1 none\n2 none\n");
  const output = await runCommand(runner, kind, { terminal: true });
  expect([output.stdout, output.stderr]).toEqual(["0 none\n1 terminal\n2 terminal\n", ""]);
  expect((await runCommand(runner, kind, { terminal: true, stdin: "" })).stdout).toContain("0 terminal");
});

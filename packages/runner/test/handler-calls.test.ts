import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunnerError, type JobHandlers, type JobResult } from "@distronode-runner/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HandlerCalls } from "../src/handlers/handler-calls.ts";
import { Journal } from "../src/journal/journal.ts";

let directory: string;
let journal: Journal;
let said: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "distronode-calls-"));
  journal = await Journal.create(join(directory, "events.ndjson"), () => 0);
  said = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const result = { ident: "i", status: "successful", rc: 0, artifactDir: "/", events: 0, phases: {} } satisfies JobResult;
const event = (counter: number): string => `{"uuid":"u${counter}","counter":${counter},"stdout":"","event":"verbose","event_data":{"number":1.0}}`;
const status = (name: string): void => journal.append("status", `"status":"${name}","runner_ident":"i"`);
const add = (counter: number): void => journal.append("event", `"event":${event(counter)}`);

function begin(handlers: JobHandlers): HandlerCalls {
  return new HandlerCalls(handlers, {
    lines: () => journal.lines(),
    keep: async (counter, uuid, json) => void said.push(`kept ${counter} ${uuid}${json === event(counter) ? "" : " altered"}`),
    failed: (error) => said.push(`${error.code}: ${error.message}`),
    left: () => said.push("left"),
  });
}

test("one call at a time, in the journal's order, and what is kept is the text of the journal", async () => {
  let open = 0;
  const slowly = async (word: string): Promise<void> => {
    open += 1;
    expect(open).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    said.push(word);
    open -= 1;
  };
  const calls = begin({
    onStatus: ({ status: name }) => slowly(name),
    onEvent: async ({ counter, ...others }) => {
      await slowly(`event ${counter}`);
      (others as { stdout: string }).stdout = "changed";
      return counter !== 2;
    },
    onFinished: ({ rc }) => slowly(`finished ${rc}`),
  });
  status("running");
  add(1);
  add(2);
  add(3);
  await calls.reach(journal.seq);
  expect(said).toEqual(["running", "event 1", "kept 1 u1", "event 2", "event 3", "kept 3 u3"]);
  said = [];
  status("successful");
  await journal.end(0);
  await calls.finish(() => result);
  expect(said).toEqual(["successful", "finished 0"]);
});

test("a handler that throws is named, and not called again; the others are", async () => {
  const calls = begin({
    onEvent: ({ counter }) => {
      throw new Error(`no ${counter}`);
    },
    onFinished: () => void said.push("finished"),
  });
  add(1);
  add(2);
  await journal.end(0);
  await calls.finish(() => result);
  expect(said).toEqual(["HANDLER_FAILED: The handler onEvent threw: no 1", "kept 1 u1", "kept 2 u2", "finished"]);
});

test("a handler that does not return is left behind when its time is over, and everything it has not seen is kept", async () => {
  const calls = begin({ onEvent: () => new Promise(() => {}), onFinished: () => void said.push("finished") });
  add(1);
  add(2);
  calls.hurry(0);
  await calls.reach(journal.seq);
  await journal.end(0);
  await calls.finish(() => result);
  expect(said).toEqual(["left", "kept 1 u1", "kept 2 u2"]);
});

test("a journal that was tampered with is the job's business, not an end in silence", async () => {
  const lines = async function* (): AsyncIterable<string> {
    yield `{"seq":1,"time":"","type":"event","event":${event(1)}}`;
    throw new RunnerError("ARTIFACTS_DAMAGED", "events.ndjson, line 2: edited.");
  };
  const calls = new HandlerCalls({ onEvent: ({ counter }) => void said.push(`event ${counter}`) }, { lines, keep: async () => {}, failed: (error) => said.push(error.code), left: () => {} });
  await calls.reach(2);
  expect(said).toEqual(["event 1", "ARTIFACTS_DAMAGED"]);
  await journal.end(0);
});

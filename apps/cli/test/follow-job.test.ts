import type { EntryOptions, JobHandle, JournalEntry } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { followJob } from "../src/follow-job.ts";

const time = "2026-01-01T00:00:00.000Z";
const event = (seq: number, stdout: string, lines: number): JournalEntry => ({
  seq,
  time,
  type: "event",
  event: { uuid: "u", counter: seq, stdout, start_line: 0, end_line: lines, runner_ident: "i", event: "verbose", created: time },
});
const script: JournalEntry[] = [
  { seq: 1, time, type: "status", status: "starting", runner_ident: "i" },
  { seq: 2, time, type: "notice", level: "info", kind: "pull_progress", message: "Pulling ee:1, 1 of 3 layers" },
  { seq: 3, time, type: "notice", level: "warning", kind: "engine_warning", message: "no swap limit" },
  { seq: 4, time, type: "notice", level: "info", kind: "preamble", message: "entrypoint says hello" },
  event(5, "PLAY", 1),
  event(6, "", 0),
  event(7, "no end", 0),
  { seq: 8, time, type: "end", entries: 8, events: 3, stdoutBytes: 11 },
];

function handle(output: { json: boolean; quiet: boolean }): JobHandle {
  const result = { ident: "i", status: "successful", rc: 0, artifactDir: "/a", events: 3, phases: {} };
  return {
    ident: "i",
    plan: { output: { ...output, suppressFiles: false, eventFiles: true } },
    async *entries({ types = ["status", "notice", "event", "end"] }: EntryOptions = {}) {
      yield* script.filter(({ type }) => types.includes(type));
    },
    async *output() {
      yield Buffer.from("PLAY\nno ");
      yield Buffer.from("end");
    },
    result: Promise.resolve(result),
  } as unknown as JobHandle;
}

async function shown(output: { json: boolean; quiet: boolean }): Promise<{ printed: string; told: string; progress: string[] }> {
  const seen = { printed: "", told: "", progress: [] as string[] };
  await followJob(handle(output), output, {
    print: (text) => void (seen.printed += text.toString()),
    tell: (text) => void (seen.told += text),
    progress: (message) => void seen.progress.push(message),
  });
  return seen;
}

test("text goes to stdout, warnings and progress do not", async () => {
  expect(await shown({ json: false, quiet: false })).toEqual({ printed: "PLAY\nno end", told: "Warning: no swap limit\n", progress: ["Pulling ee:1, 1 of 3 layers"] });
});

test("json prints every event as a line, and nothing else", async () => {
  const { printed } = await shown({ json: true, quiet: false });
  expect(printed.trimEnd().split("\n").map((line) => (JSON.parse(line) as { stdout: string }).stdout)).toEqual(["PLAY", "", "no end"]);
});

test("quiet prints nothing but warnings", async () => {
  expect(await shown({ json: false, quiet: true })).toEqual({ printed: "", told: "Warning: no swap limit\n", progress: [] });
});

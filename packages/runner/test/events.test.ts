import type { JobArtifacts, JobPlan } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { EnvelopeWriter } from "../src/events/envelope.ts";
import { JobRecorder, mostTextFiles } from "../src/events/job-recorder.ts";
import { Lines } from "../src/events/lines.ts";
import { Redactor } from "../src/redact/redactor.ts";

const writer = (): EnvelopeWriter => new EnvelopeWriter("job", (counter) => `id-${counter}`);
const parse = (json: string | readonly Buffer[]): Record<string, unknown> => JSON.parse(typeof json === "string" ? json : Buffer.concat(json).toString()) as Record<string, unknown>;

test("the envelope has the peer's fields in the peer's order [EVT-03]", () => {
  const { json, counter, uuid } = writer().event(Buffer.from('{"uuid": "u-1", "event": "runner_on_ok", "pid": 7, "event_data": {"a": 1}}'), Buffer.from("\nok: [x]\r\n"), 0);
  expect({ counter, uuid }).toEqual({ counter: 1, uuid: "u-1" });
  expect(json).toBe('{"uuid":"u-1","counter":1,"stdout":"\\nok: [x]","start_line":0,"end_line":2,"runner_ident":"job","event": "runner_on_ok", "pid": 7, "event_data": {"a": 1}}');
});

test("counters and lines go on from event to event [EVT-02]", () => {
  const envelopes = writer();
  envelopes.event(Buffer.from('{"uuid":"a","event":"x"}'), Buffer.from("one\ntwo\n"), 0);
  const empty = parse(envelopes.event(Buffer.from('{"uuid":"b","event":"x"}'), Buffer.alloc(0), 0).json);
  const line = parse(envelopes.verbose(Buffer.from("three\n"), 0).json);
  expect(empty).toMatchObject({ counter: 2, stdout: "", start_line: 2, end_line: 2 });
  expect(line).toMatchObject({ counter: 3, event: "verbose", stdout: "three", start_line: 2, end_line: 3, created: "1970-01-01T00:00:00.000000+00:00" });
});

test("text that is not UTF-8 is kept with replacement characters", () => {
  expect(parse(writer().verbose(Buffer.from([0x61, 0xff, 0x62, 0x0a]), 0).json)["stdout"]).toBe("a\uFFFDb");
});

test("a text of any size and with any characters is the same in its event", () => {
  for (const characters of ["a\u00e9\u2603\u{1f600}\"\\\n", "\u{1f600}", "\u2603", "x"]) {
    const text = characters.repeat(200_000 / characters.length);
    for (let shift = 0; shift < 4; shift += 1) {
      const shifted = "s".repeat(shift) + text.trimEnd();
      expect(parse(writer().event(Buffer.from('{"uuid":"a","event":"x"}'), Buffer.from(`${shifted}\r\n\n`), 0).json)["stdout"]).toBe(shifted);
    }
  }
  const damaged = Buffer.alloc(200_000, 0x9f);
  expect(parse(writer().verbose(damaged, 0).json)["stdout"]).toBe("\uFFFD".repeat(200_000));
});

test("what the callback wrote may have its keys in any order, and a damaged object loses the object, not the text [EVT-26]", () => {
  expect(parse(writer().event(Buffer.from('{"event":"x","uuid":"../../etc"}'), Buffer.from("t\n"), 0).json)).toMatchObject({ event: "x", stdout: "t", uuid: expect.stringMatching(/^id-/) as string });
  for (const damaged of ["not json", "null", "[1]", '"text"', ""]) expect(parse(writer().event(Buffer.from(damaged), Buffer.from("t\n"), 0).json)).toMatchObject({ event: "verbose", stdout: "t" });
});

test("raw text becomes lines however it is cut", () => {
  const text = Buffer.from("one\n\ntwo\r\nthree");
  for (let cut = 0; cut <= text.length; cut += 1) {
    const lines = new Lines();
    const all = [...lines.push(text.subarray(0, cut)), ...lines.push(text.subarray(cut)), ...lines.flush()];
    expect(all.map(String)).toEqual(["one\n", "\n", "two\r\n", "three"]);
  }
});

test("a line without end is passed on in pieces, so that memory stays bounded", () => {
  const lines = new Lines();
  const pieces: Buffer[] = [];
  for (let index = 0; index < 100; index += 1) pieces.push(...lines.push(Buffer.alloc(64 * 1024, 0x61)));
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(1024 * 1024 + 64 * 1024);
  expect(Buffer.concat([...pieces, ...lines.flush()]).length).toBe(100 * 64 * 1024);
});

test("text whose event never came, an event whose text never came, and one that is damaged are kept and do not end the job [EVT-24]", () => {
  const token = "5ca1ab1e".repeat(4);
  const mark = (kind: string, id: number): string => `\u001b_${token}${kind}${id}\u001b\\`;
  const kept: Record<string, unknown>[] = [];
  const texts: Buffer[] = [];
  const artifacts = {
    event: (_counter: number, _uuid: string, json: string) => kept.push(parse(json)),
    stdout: (text: Buffer) => texts.push(text),
    stderr: () => {},
  } as unknown as JobArtifacts;
  const plan = { ident: "job", labels: {}, output: { json: false } } as unknown as JobPlan;
  const recorder = new JobRecorder({ plan, token, journal: { append: () => {} }, artifacts, redactor: new Redactor([]), eventFiles: true });

  recorder.event(1, Buffer.from('{"uuid":"one","event":"runner_on_start","event_data":{}}'), 0);
  recorder.stdout(Buffer.from(`raw line\n${mark("N", 1)}${mark("B", 2)}told without data\n${mark("E", 2)}${mark("B", 3)}damaged\n${mark("E", 3)}`), 0);
  recorder.event(3, Buffer.from("null"), 0);
  recorder.event(4, Buffer.from('{"uuid":"four","event":"runner_on_ok"}'), 0);
  recorder.stdout(Buffer.from(`${mark("E", 9)}${mark("B", 9)}end`), 0);
  recorder.finish(0);

  expect(kept.map((event) => [event["event"], event["uuid"], event["stdout"]])).toEqual([
    ["verbose", expect.stringMatching(/^0+\d$/), "raw line"],
    ["runner_on_start", "one", ""],
    ["verbose", expect.stringMatching(/^0+\d$/), "told without data"],
    ["verbose", expect.stringMatching(/^0+\d$/), "damaged"],
    ["runner_on_ok", "four", ""],
    ["verbose", expect.stringMatching(/^0+\d$/), "end"],
  ]);
  expect(kept.map((event) => event["counter"])).toEqual([1, 2, 3, 4, 5, 6]);
  expect(Buffer.concat(texts).toString()).toBe("raw line\ntold without data\ndamaged\nend");
});

test("lines of text outside of events get a file each up to a bound; events still do after it, and one notice says so", () => {
  const [files, notices] = [new Map<string, number>(), [] as string[]];
  const artifacts = { event: (_counter: number, uuid: string) => files.set(uuid === "u" ? "event" : "text", (files.get(uuid === "u" ? "event" : "text") ?? 0) + 1), stdout: () => {}, stderr: () => {} } as unknown as JobArtifacts;
  const plan = { ident: "job", output: { json: false }, labels: { "org.distronode.runner.job": "00000000-0000-4000-8000-000000000000" } } as unknown as JobPlan;
  const recorder = new JobRecorder({ plan, token: "t", journal: { append: (type, body) => void (type === "notice" && notices.push(String(body))) }, artifacts, redactor: new Redactor([]), eventFiles: true });
  recorder.stdout(Buffer.from("x\n".repeat(mostTextFiles + 1000)), 0);
  recorder.event(1, Buffer.from('{"uuid": "u", "event": "runner_on_ok"}'), 0);
  recorder.stdout(Buffer.from("\u001b_tN1\u001b\\"), 0);
  recorder.finish(0);
  expect(Object.fromEntries(files)).toEqual({ text: mostTextFiles, event: 1 });
  expect(notices).toEqual([expect.stringContaining("event_files_ended")]);
});

test("numbers of an event stay as the tool wrote them: in journal, files and output as JSON, also of an event that another plug-in wrote", () => {
  const numbers = '"res": {"big": 9223372036854775807, "one": 1.0, "password": "x hunter2 y"}';
  const told: { journal: string[]; files: string[]; stdout: string[] } = { journal: [], files: [], stdout: [] };
  const text = (json: string | readonly (string | Buffer)[]): string => (typeof json === "string" ? json : Buffer.concat(json.map((part) => Buffer.from(part))).toString());
  const artifacts = { event: (_counter: number, _uuid: string, json: string) => told.files.push(text(json)), stdout: (bytes: Buffer) => told.stdout.push(bytes.toString()), stderr: () => {} } as unknown as JobArtifacts;
  const plan = { ident: "job", labels: {}, output: { json: true } } as unknown as JobPlan;
  const recorder = new JobRecorder({ plan, token: "5ca1ab1e".repeat(4), journal: { append: (_type, body) => void told.journal.push(text(body)) }, artifacts, redactor: new Redactor(["hunter2"]), eventFiles: true });
  recorder.event(1, Buffer.from(`{"uuid": "one", "event": "runner_on_ok", "event_data": {${numbers}}}`), 0);
  recorder.event(2, Buffer.from(`{"event": "runner_on_ok", "event_data": {${numbers}}, "uuid": "two"}`), 0);
  recorder.finish(0);
  for (const [face, lines] of Object.entries(told)) {
    expect(lines, face).toHaveLength(2);
    for (const line of lines) expect(line.replaceAll(": ", ":").replaceAll(", ", ","), face).toContain('"res":{"big":9223372036854775807,"one":1.0,"password":"x ********** y"}');
  }
});

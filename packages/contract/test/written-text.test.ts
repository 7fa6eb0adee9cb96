import { expect, test } from "vitest";
import { entryJson, eventJson, eventLine, parseEntry, parseEvent } from "../src/index.ts";

const event = '{"uuid":"u","counter":1,"stdout":"","event":"runner_on_ok","event_data":{"res": {"big": 9223372036854775807, "float": 1.0, "small": 1e-7}}}';
const line = `{"seq":3,"time":"2026-01-01T00:00:00.000Z","type":"event","event":${event}}`;

test("numbers that JavaScript would write in another way are passed on as the tool wrote them", () => {
  const entry = parseEntry(line);
  expect(entryJson(entry)).toBe(line);
  expect(entry.type === "event" && eventJson(entry.event)).toBe(event);
  expect(entry.type === "event" && eventLine(entry.event)).toBe(`${event}\n`);
  expect(eventLine(parseEvent(event))).toBe(`${event}\n`);
});

test("what was not read but made is written", () => {
  expect(eventJson({ counter: 1 } as never)).toBe('{"counter":1}');
  expect(entryJson({ seq: 1, type: "end" } as never)).toBe('{"seq":1,"type":"end"}');
  const other = parseEntry(`{"type":"event","seq":1,"event":${event}}`);
  expect(other.type === "event" && JSON.parse(eventJson(other.event))).toEqual(JSON.parse(event));
});

import type { JobEvent } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { eventJson } from "../../src/render/event.ts";

function event(stdout: string, start: number, end: number): JobEvent {
  return { uuid: "u", counter: 1, stdout, start_line: start, end_line: end, runner_ident: "i", event: "verbose", created: "" };
}

test("JSON is one line whatever the text is", () => {
  const line = eventJson(event("a\nb\u2028", 0, 2));
  expect(line.endsWith("\n")).toBe(true);
  expect(line.slice(0, -1)).not.toContain("\n");
  expect(JSON.parse(line)).toMatchObject({ stdout: "a\nb\u2028" });
});

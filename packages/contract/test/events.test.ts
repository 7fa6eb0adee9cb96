import { expect, test } from "vitest";
import { eventLine, eventText, type JobEvent } from "../src/index.ts";

function event(stdout: string, start: number, end: number): JobEvent {
  return { uuid: "u", counter: 1, stdout, start_line: start, end_line: end, runner_ident: "i", event: "verbose", created: "" };
}

test("the line ends that were cut come back", () => {
  expect(eventText(event("\nPLAY [all] ***", 0, 2))).toBe("\nPLAY [all] ***\n");
  expect(eventText(event("ok", 5, 8))).toBe("ok\n\n\n");
});

test("text without a line end stays without one", () => {
  expect(eventText(event("password: ", 3, 3))).toBe("password: ");
  expect(eventText(event("a\nb", 3, 4))).toBe("a\nb");
});

test("an event without text prints nothing", () => {
  expect(eventText(event("", 3, 3))).toBe("");
});

test("JSON is one line whatever the text is", () => {
  const line = eventLine(event("a\nb\u2028", 0, 2));
  expect(line.endsWith("\n")).toBe(true);
  expect(line.slice(0, -1)).not.toContain("\n");
  expect(JSON.parse(line)).toMatchObject({ stdout: "a\nb\u2028" });
});

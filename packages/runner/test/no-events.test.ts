import { expect, test } from "vitest";
import { missesEvents } from "../src/events/no-events.ts";

const exit = (code: number | null, sources = 0, why: string | null = null) => ({ code, signal: null, why, sources });
const play = ["ansible-playbook", "site.yml"];

test("a play that went well and reported nothing is worth a word", () => {
  expect(missesEvents(play, exit(0), "")).toBe(true);
  expect(missesEvents(["/opt/venv/bin/ansible", "all", "-m", "ping"], exit(0), "")).toBe(true);
  expect(missesEvents(play, exit(0, 1), "")).toBe(false);
});

test.each([1, 2, 3, 4, 5, 99, 250])("exit code %i is, too, if a play was shown, and else may be a mistake in what was asked", (code) => {
  expect(missesEvents(play, exit(code), "ERROR! the playbook: x.yml could not be found\n")).toBe(false);
  expect(missesEvents(play, exit(code), "\nPLAY [all] *****\n")).toBe(true);
});

test("nobody expects events of a command of the user's own, of a question to the tool, of a tool that was not there, or of one that was stopped", () => {
  expect(missesEvents(["/bin/sh", "-c", "true"], exit(0), "")).toBe(false);
  for (const option of ["--version", "--syntax-check", "--list-tasks", "--list-hosts", "--list-tags", "--help"]) expect(missesEvents([...play, option], exit(0), ""), option).toBe(false);
  expect(missesEvents(play, exit(127), "")).toBe(false);
  expect(missesEvents(play, exit(0, 0, "canceled"), "")).toBe(false);
  expect(missesEvents(play, exit(null), "PLAY [all]")).toBe(false);
});

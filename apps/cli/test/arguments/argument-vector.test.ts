import { expect, test } from "vitest";
import { normalizeArguments, unmark } from "../../src/arguments/argument-vector.ts";

const flags = [
  { name: "cmdline", takesValue: true },
  { name: "container-image", takesValue: true },
  { name: "container-option", takesValue: true },
  { name: "playbook", takesValue: true },
  { name: "json", takesValue: false },
];
const normalize = (...words: string[]): string[] => normalizeArguments(words, flags);

test("a value that begins with a dash is protected from being read as a flag", () => {
  expect(normalize("--cmdline=-v")).toEqual(["--cmdline", "\0-v"]);
  expect(normalize("--cmdline", "--forks 3")).toEqual(["--cmdline", "\0--forks 3"]);
  expect(normalize("--container-option=--network=none")).toEqual(["--container-option", "\0--network=none"]);
});

test("a dashed word without a space is a flag, as argparse has it", () => {
  expect(normalize("--cmdline", "-v")).toEqual(["--cmdline", "-v"]);
});

test("other words stay as they are", () => {
  expect(normalize("dir", "-p", "a b.yml", "-vvv", "--json", "--cmdline=x y")).toEqual(["dir", "-p", "a b.yml", "-vvv", "--json", "--cmdline=x y"]);
});

test("a flag may be shortened while it is the only one that begins so", () => {
  expect(normalize("--playb", "x", "--container-i=y")).toEqual(["--playbook", "x", "--container-image=y"]);
  expect(normalize("--container", "x")).toEqual(["--container", "x"]);
});

test("nothing behind -- is touched", () => {
  expect(normalize("--", "--playb", "--cmdline=-v")).toEqual(["--", "--playb", "--cmdline=-v"]);
});

test("marks vanish from values and lists", () => {
  expect(unmark("\0-v")).toBe("-v");
  expect(unmark(["\0-v", "x"])).toEqual(["-v", "x"]);
  expect(unmark(3)).toBe(3);
});

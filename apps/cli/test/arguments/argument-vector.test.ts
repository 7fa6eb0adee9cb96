import { expect, test } from "vitest";
import { jobFlags } from "../../src/arguments/job-flags.ts";
import { knownFlags } from "../../src/arguments/known-flags.ts";
import { normalizeArguments, unmark } from "../../src/arguments/argument-vector.ts";

const flags = [
  { name: "args", char: "a", takes: "value" },
  { name: "cmdline", takes: "value" },
  { name: "container-image", takes: "value" },
  { name: "container-option", takes: "value" },
  { name: "playbook", char: "p", takes: "value" },
  { name: "hide-paths", takes: "values" },
  { name: "json", char: "j", takes: "nothing" },
] as const;
const normalize = (...words: string[]): string[] => normalizeArguments(words, flags);

test("a value that begins with a dash is protected from being read as a flag", () => {
  expect(normalize("--cmdline=-v")).toEqual(["--cmdline", "\0-v"]);
  expect(normalize("--cmdline", "--forks 3")).toEqual(["--cmdline", "\0--forks 3"]);
  expect(normalize("--container-option=--network=none")).toEqual(["--container-option", "\0--network=none"]);
});

test("so is one behind a short flag, when it has a space [CLI-16]", () => {
  expect(normalize("-a", "-x y", "-j", "-x y")).toEqual(["-a", "\0-x y", "-j", "-x y"]);
});

test("a flag of several words takes all up to the next flag [CLI-16]", () => {
  expect(normalize("dir", "--hide-paths", "/a", "/b", "-p", "x")).toEqual(["dir", "--hide-paths", "/a", "--hide-paths", "/b", "-p", "x"]);
  expect(normalize("--hide-paths", "--json")).toEqual(["--json"]);
  expect(normalize("--hide-paths=/a", "dir")).toEqual(["--hide-paths=/a", "dir"]);
});

test("a dashed word without a space is a flag, as argparse has it", () => {
  expect(normalize("--cmdline", "-v")).toEqual(["--cmdline", "-v"]);
});

test("other words stay as they are", () => {
  expect(normalize("dir", "-p", "a b.yml", "-vvv", "--json", "--cmdline=x y")).toEqual(["dir", "-p", "a b.yml", "-vvv", "--json", "--cmdline=x y"]);
});

test("a flag may be shortened while it is the only one that begins so [CLI-17]", () => {
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

test("the flags of run that take several words take them, however their help is written [CLI-07]", () => {
  const flags = knownFlags(jobFlags);
  expect(normalizeArguments(["demo", "-p", "a.yml", "--process-isolation-hide-paths", "/opt", "/srv", "--process-isolation-ro-paths", "/a", "/b"], flags)).toEqual(
    ["demo", "-p", "a.yml", "--process-isolation-hide-paths", "/opt", "--process-isolation-hide-paths", "/srv", "--process-isolation-ro-paths", "/a", "--process-isolation-ro-paths", "/b"],
  );
});

import { expect, test } from "vitest";
import { findCommand } from "../../src/arguments/find-command.ts";

const flags = [
  { name: "ident", char: "i", takes: "value" },
  { name: "quiet", char: "q", takes: "nothing" },
] as const;
const find = (...words: string[]): object => findCommand(words, ["run", "worker:cleanup"], flags);

test("options before the command count as if they stood behind it [CLI-17]", () => {
  expect(find("-q", "-i", "x", "run", "dir", "-p", "y")).toEqual({ id: "run", words: ["-q", "-i", "x", "dir", "-p", "y"] });
  expect(find("--ide", "x", "--ident=z", "run", "dir")).toEqual({ id: "run", words: ["--ide", "x", "--ident=z", "dir"] });
});

test("a command may have two words [CLI-02]", () => {
  expect(find("worker", "cleanup", "--grace-period", "0")).toEqual({ id: "worker:cleanup", words: ["--grace-period", "0"] });
  expect(find("worker", "--help")).toEqual({ id: "worker", words: ["--help"] });
});

test("there may be none [CLI-03]", () => {
  expect(find()).toEqual({ id: undefined, words: [] });
  expect(find("-q")).toEqual({ id: undefined, words: ["-q"] });
});

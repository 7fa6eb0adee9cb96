import { expect, test } from "vitest";
import { nearest } from "../../src/arguments/nearest.ts";

test.each([
  ["playbok", "playbook"],
  ["rnu", "run"],
  ["idnet", "ident"],
  ["zzz", undefined],
  ["x", undefined],
])("%s is meant as %s", (word, meant) => {
  expect(nearest(word, ["playbook", "run", "ident", "json"])).toBe(meant);
});

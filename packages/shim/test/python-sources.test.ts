import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { generate } from "../generate.ts";

test("the generated Python sources are those of python/ (else: node packages/shim/generate.ts)", () => {
  expect(readFileSync(new URL("../src/python-sources.ts", import.meta.url), "utf8") === generate()).toBe(true);
});

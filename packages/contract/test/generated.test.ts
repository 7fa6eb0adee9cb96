import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generate } from "../generate.ts";

const root = join(import.meta.dirname, "../../..");

test("what is generated from the schemas and the error table is up to date", async () => {
  for (const [path, text] of await generate()) {
    const committed = await readFile(join(root, path), "utf8").catch(() => "");
    expect(committed === text, `${path} differs from its source: run \`node packages/contract/generate.ts\``).toBe(true);
  }
});

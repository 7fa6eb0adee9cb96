import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { removeEntry, SafeDirectory } from "@distronode-runner/safe-files";
import { LeftOut, takeOver } from "../src/take-over.ts";
import { tidyFacts } from "../src/tidy-facts.ts";
import { hostileScene, type Scene } from "./support/hostile-process.ts";

const rounds = { takeOver: 1000, facts: 500 };

let scene: Scene;
let before: unknown;
beforeEach(async () => {
  scene = await hostileScene();
  before = scene.state();
});
afterEach(() => scene.end());

test(`a take-over that is raced by renames ${rounds.takeOver} times takes regular files that are nobody else's, and no others`, async () => {
  const [from, to] = [await SafeDirectory.open(scene.hostile), await SafeDirectory.open(scene.own)];
  for (let round = 0; round < rounds.takeOver; round += 1) {
    await takeOver(from, to, { reserved: new Set(["reserved"]), mode: () => 0o600, replace: round % 2 === 0 }, new LeftOut());
    for (const entry of readdirSync(scene.own, { withFileTypes: true, recursive: true })) {
      expect(entry.isFile() || entry.isDirectory(), entry.name).toBe(true);
      if (entry.isFile()) expect(readFileSync(join(entry.parentPath, entry.name), "utf8")).not.toContain("not to be touched");
    }
    for (const { name } of await to.list()) await removeEntry(to, name);
  }
  await Promise.all([from.close(), to.close()]);
  expect(scene.state()).toEqual(before);
});

test("facts that are tidied while they become links and back are nobody else's", async () => {
  for (let round = 0; round < rounds.facts; round += 1) await tidyFacts(round % 2 === 0 ? scene.hostile : join(scene.hostile, "d"), scene.hostile).catch(() => {});
  expect(scene.state()).toEqual(before);
});

import { mkdirSync, readdirSync, readFileSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyTree, openRegular, removeEntry, removeTree, SafeDirectory } from "../src/index.ts";
import { hostileScene, type Scene } from "./support/hostile-process.ts";

/** Together with those of the take-over they are ten thousand. */
const rounds = { removal: 7700, copy: 400, access: 400 };

let scene: Scene;
let before: unknown;
beforeEach(async () => {
  scene = await hostileScene();
  before = scene.state();
});
afterEach(() => scene.end());

/** Refusals and things that are gone are what is expected here. */
const attempt = async (work: () => Promise<unknown>): Promise<void> => void (await work().catch(() => {}));

function* files(path: string): Iterable<string> {
  for (const name of readdirSync(path)) {
    const place = join(path, name);
    if (lstatSync(place).isDirectory()) yield* files(place);
    else if (lstatSync(place).isFile()) yield place;
  }
}

test(`a removal that is raced by renames ${rounds.removal} times removes nothing that a link leads to`, async () => {
  for (let round = 0; round < rounds.removal; round += 1) await attempt(() => removeTree(join(scene.hostile, "d")));
  expect(scene.state()).toEqual(before);
});

test(`a copy that is raced by renames ${rounds.copy} times has nothing that a link leads to`, async () => {
  for (let round = 0; round < rounds.copy; round += 1) {
    const target = join(scene.own, String(round));
    mkdirSync(target);
    await attempt(() => copyTree(scene.hostile, target));
    for (const file of files(target)) expect(readFileSync(file, "utf8")).not.toContain("not to be touched");
    await removeTree(target);
  }
  expect(scene.state()).toEqual(before);
});

test(`reading, writing, replacing and adopting that are raced by renames ${rounds.access} times reach nothing that a link leads to`, async () => {
  const directory = await SafeDirectory.open(scene.hostile);
  const read: unknown[] = [];
  for (let round = 0; round < rounds.access; round += 1) {
    await attempt(async () => read.push(await directory.text("f")));
    await attempt(async () => {
      const file = await openRegular(join(scene.hostile, "f"), round % 2 === 0 ? "append" : "update");
      try {
        await file.truncate(0);
        await file.write("by us");
      } finally {
        await file.close();
      }
    });
    await attempt(() => directory.replace("f", "by us"));
    await attempt(async () => directory.adopt(round % 2 === 0 ? "f" : "d", 0o700));
    await attempt(async () => {
      const inner = await directory.ensureDirectory("d");
      try {
        await inner.makePrivate();
        await inner.replace("secret", "by us");
        await removeEntry(inner, "inner");
      } finally {
        await inner.close();
      }
    });
  }
  await directory.close();
  expect(read.filter((text) => typeof text === "string" && text.includes("not to be touched"))).toEqual([]);
  expect(scene.state()).toEqual(before);
});

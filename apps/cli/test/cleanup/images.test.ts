import { RunnerError, type EngineImages, type ImageInfo } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { pruneImages, removeImages } from "../../src/cleanup/images.ts";

const id = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** An engine with these images; those of `used` are refused. */
function engine(images: readonly Pick<ImageInfo, "id" | "references" | "digest">[], used: readonly string[] = []): { images: EngineImages; removed: string[]; warnings: string[] } {
  const removed: string[] = [];
  return {
    removed,
    warnings: [],
    images: {
      engine: "podman",
      list: async () => images.map((image) => ({ ...image, labels: {}, references: image.references.filter((name) => !removed.includes(name)) })),
      remove: async (reference: string) => {
        if (used.includes(reference)) throw new RunnerError("IMAGE_IN_USE", `${reference} is used.`);
        removed.push(reference);
      },
    } as unknown as EngineImages,
  };
}

test.each([
  ["q/a:1", ["q/a:1"]],
  ["a", ["q/a:1", "q/a:2"]],
  ["q/a", ["q/a:1", "q/a:2"]],
  ["q/*:2", ["q/a:2"]],
  ["b:1", ["r/b:1"]],
  ["none", []],
  ["aaaaaaaaaaaa", ["q/a:1", "q/a:2", "r/b:1"]],
  [`q/a@${id("d")}`, ["q/a:1", "q/a:2", "r/b:1"]],
])("the names that %s means are taken away, and no others [CLN-05]", async (reference, names) => {
  const { images, removed } = engine([{ id: id("a"), references: ["q/a:1", "q/a:2", "r/b:1"], digest: id("d") }, { id: id("c"), references: ["q/other:1"] }]);
  expect(await removeImages([reference], images, () => {})).toBe(names.length);
  expect(removed).toEqual(names);
});

test("an image that is in use stays, is said, and does not count; one that is not there changes nothing [CLN-05]", async () => {
  const { images, removed, warnings } = engine([{ id: id("a"), references: ["q/a:1", "q/a:2"] }], ["q/a:1"]);
  expect(await removeImages(["q/a", "q/none:1"], images, (message) => void warnings.push(message))).toBe(1);
  expect([removed, warnings]).toEqual([["q/a:2"], ["q/a:1 is used."]]);
});

test("a prune removes what has no name, unless it is in use, and says whether there was any [CLN-05]", async () => {
  const { images, removed } = engine([{ id: id("a"), references: ["q/a:1"] }, { id: id("b"), references: [] }, { id: id("c"), references: [], digest: id("d") }, { id: id("e"), references: [] }], [id("e")]);
  expect(await pruneImages(images)).toBe(true);
  expect(removed).toEqual([id("b")]);
  expect(await pruneImages(engine([{ id: id("e"), references: [] }], [id("e")]).images)).toBe(false);
});

import { strict as assert } from "node:assert";
import { pieces, unreadable, whole } from "../archive/pieces.ts";
import { images, rejectsWith, rejectsWithReason, type Case } from "./case.ts";

export const imageCases: readonly Case[] = [
  {
    name: "an image that is saved, removed and loaded is the same image",
    needs: images,
    async run(context) {
      const { engine } = context;
      const image = await context.loadImage();
      const saved = await whole(engine.save(image.reference));
      await engine.removeImage(image.reference);
      assert.equal(await engine.image(image.reference), undefined, "It is still there.");
      const loaded = await engine.load(pieces(saved));
      assert.deepEqual(loaded.map(({ id, references }) => [id, references]), [[image.id, [image.reference]]]);
      assert.equal((await engine.image(image.reference))?.id, image.id);
    },
  },
  {
    name: "images finds those with all the labels, and an empty value matches any",
    needs: images,
    async run(context) {
      const one = await context.loadImage({ one: "1" });
      const both = await context.loadImage({ one: "1", two: "2" });
      const ids = async (labels: Record<string, string>): Promise<string[]> => (await context.engine.images({ ...labels, ...context.label })).map(({ id }) => id).sort();
      assert.deepEqual(await ids({}), [one.id, both.id].sort());
      assert.deepEqual(await ids({ one: "1", two: "2" }), [both.id]);
      assert.deepEqual(await ids({ two: "" }), [both.id]);
      assert.deepEqual(await ids({ one: "2" }), []);
      const [found] = (await context.engine.images()).filter(({ id }) => id === both.id);
      assert.deepEqual([found?.references, found?.labels["two"]], [[both.reference], "2"]);
    },
  },
  {
    name: "removing an image that is gone has no effect",
    needs: images,
    async run(context) {
      const { reference } = await context.loadImage();
      await context.engine.removeImage(reference);
      await context.engine.removeImage(reference);
      await context.engine.removeImage(reference, { force: true });
    },
  },
  {
    name: "an image that a container was made of is IMAGE_IN_USE, unless its removal is forced",
    needs: images,
    async run(context) {
      const { reference } = await context.loadImage();
      await context.create(["any"], { image: reference });
      await rejectsWith("IMAGE_IN_USE", context.engine.removeImage(reference), "removeImage");
      assert.notEqual(await context.engine.image(reference), undefined);
      await context.engine.removeImage(reference, { force: true });
      assert.equal(await context.engine.image(reference), undefined);
    },
  },
  {
    name: "saving an absent image is IMAGE_NOT_FOUND, and what is no whole archive is REQUEST_INVALID",
    needs: images,
    async run(context) {
      const { engine } = context;
      await rejectsWith("IMAGE_NOT_FOUND", whole(engine.save("localhost/distronode-runner-absent:none")), "save");
      await rejectsWith("REQUEST_INVALID", engine.load(pieces(Buffer.alloc(3000, "no archive "))), "load");
      await rejectsWith("REQUEST_INVALID", engine.load(pieces(context.imageArchive({}).archive.subarray(0, 2000))), "load");
      const reason = new Error("the disk is gone");
      await rejectsWithReason(reason, engine.load(unreadable(reason)), "load");
    },
  },
  {
    name: "a call about images whose signal is aborted already rejects with its reason and does nothing",
    needs: images,
    async run(context) {
      const { engine } = context;
      const { reference } = await context.loadImage();
      const reason = { any: "value" };
      const options = { signal: AbortSignal.abort(reason) };
      const calls: Record<string, () => Promise<unknown>> = {
        images: () => engine.images({}, options),
        removeImage: () => engine.removeImage(reference, options),
        save: () => whole(engine.save(reference, options)),
        load: () => engine.load(pieces(context.imageArchive({}).archive), options),
      };
      for (const [name, call] of Object.entries(calls)) await rejectsWithReason(reason, Promise.resolve().then(call), name);
      assert.equal((await engine.images(context.label)).length, 1);
    },
  },
  {
    name: "an engine without images refuses to manage them",
    needs: (supports) => (supports.images ? "being without images" : undefined),
    async run({ engine }) {
      await rejectsWith("ENGINE_INCOMPATIBLE", engine.images(), "images");
      await rejectsWith("ENGINE_INCOMPATIBLE", engine.removeImage("localhost/x:1"), "removeImage");
      await rejectsWith("ENGINE_INCOMPATIBLE", whole(engine.save("localhost/x:1")), "save");
      await rejectsWith("ENGINE_INCOMPATIBLE", engine.load(pieces(Buffer.alloc(0))), "load");
    },
  },
];

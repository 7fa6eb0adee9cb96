import { strict as assert } from "node:assert";
import { quickly, rejectsWith, type Case } from "./case.ts";

export const removeCases: readonly Case[] = [
  {
    name: "remove takes a container that was never started",
    async run(context) {
      const id = await context.create(context.script.exit(0));
      await context.engine.remove(id);
      assert.equal(await context.phase(id), undefined);
    },
  },
  {
    name: "remove takes a container that was attached to and never started",
    async run(context) {
      await quickly(8, async () => {
        const id = await context.create(context.script.exit(0));
        const attachment = await context.engine.attach(id);
        const said = context.read(attachment);
        return async () => {
          await context.engine.remove(id);
          assert.equal(await context.phase(id), undefined);
          assert.equal((await said).stdout.length, 0);
        };
      });
    },
  },
  {
    name: "waiting for a container that is removed before it ran is CONTAINER_NOT_FOUND",
    async run(context) {
      const id = await context.create(context.script.exit(0));
      const exit = context.engine.wait(id);
      exit.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 200));
      await context.engine.remove(id);
      await rejectsWith("CONTAINER_NOT_FOUND", exit, "wait");
    },
  },
  {
    name: "remove takes a running container within seconds, also one that ignores signals",
    async run(context) {
      await quickly(8, async () => {
        const { id, attachment } = await context.launch(context.script.deaf());
        await context.hear(attachment, "ready");
        return async () => {
          await context.engine.remove(id);
          assert.equal(await context.phase(id), undefined);
        };
      });
    },
  },
  {
    name: "remove takes a running container whose output nobody reads",
    async run(context) {
      await quickly(8, async () => {
        const { id } = await context.launch(context.script.chatter());
        await new Promise((resolve) => setTimeout(resolve, 500));
        return async () => {
          await context.engine.remove(id);
          assert.equal(await context.phase(id), undefined);
        };
      });
    },
  },
  {
    name: "killing a container whose output nobody reads ends it, and what it had said can be read then",
    async run(context) {
      await quickly(8, async () => {
        const { id, attachment } = await context.launch(context.script.chatter());
        await new Promise((resolve) => setTimeout(resolve, 500));
        return async () => {
          await context.engine.signal(id, "SIGKILL");
          assert.equal((await context.engine.wait(id)).exitCode, 137);
          const { stdout } = await context.read(attachment);
          assert.ok(stdout.toString("latin1").startsWith("tick\ntick\n"), "It said nothing.");
        };
      });
    },
  },
  {
    name: "remove takes a container that has exited",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.exit(1));
      await context.read(attachment);
      await context.engine.wait(id);
      await context.engine.remove(id);
      assert.equal(await context.phase(id), undefined);
    },
  },
  {
    name: "a second remove resolves",
    async run(context) {
      const id = await context.create(context.script.exit(0));
      await context.engine.remove(id);
      await context.engine.remove(id);
    },
  },
  {
    name: "two removes at once both resolve when the container is gone",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.deaf());
      await context.hear(attachment, "ready");
      const removed = async (): Promise<void> => {
        await context.engine.remove(id);
        assert.equal(await context.phase(id), undefined);
      };
      await Promise.all([removed(), removed()]);
    },
  },
];

import { strict as assert } from "node:assert";
import { isPending, type Case } from "./case.ts";

export const exitCases: readonly Case[] = [
  {
    name: "a non-zero exit is a value",
    async run(context) {
      for (const code of [0, 1, 3, 126, 254, 255]) {
        const { exit } = await context.run(context.script.exit(code));
        assert.equal(exit.exitCode, code);
      }
    },
  },
  {
    name: "a container that was killed has exit code 137",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.deaf());
      await context.hear(attachment, "ready");
      await context.engine.signal(id, "SIGKILL");
      assert.equal((await context.engine.wait(id)).exitCode, 137);
    },
  },
  {
    name: "wait that begins before start resolves with the exit",
    async run(context) {
      const id = await context.create(context.script.exit(4));
      const exit = context.engine.wait(id);
      const attachment = await context.engine.attach(id);
      await context.engine.start(id);
      await context.read(attachment);
      assert.equal((await exit).exitCode, 4);
    },
  },
  {
    name: "wait that begins after the exit resolves with it, each time",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.exit(5));
      await context.read(attachment);
      const exits = [await context.engine.wait(id), await context.engine.wait(id), ...(await Promise.all([context.engine.wait(id), context.engine.wait(id)]))];
      assert.deepEqual(exits.map(({ exitCode }) => exitCode), [5, 5, 5, 5]);
    },
  },
  {
    name: "wait for a container that was never started goes on waiting",
    async run(context) {
      const id = await context.create(context.script.exit(0));
      const stop = new AbortController();
      const exit = context.engine.wait(id, { signal: stop.signal });
      const waits = await isPending(exit, 400);
      stop.abort(new Error("enough"));
      await exit.catch(() => {});
      assert.ok(waits, "It resolved although nothing ran.");
    },
  },
  {
    name: "a container that nobody attached to runs and exits",
    async run(context) {
      const id = await context.create(context.script.flood(300_000, 6));
      await context.engine.start(id);
      assert.equal((await context.engine.wait(id)).exitCode, 6);
    },
  },
];

import { strict as assert } from "node:assert";
import { rejectsWithReason, type Case } from "./case.ts";

export const abortCases: readonly Case[] = [
  {
    name: "aborting wait rejects with the signal's reason and leaves the container running",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.untilSignal());
      await context.hear(attachment, "ready");
      const stop = new AbortController();
      const reason = new Error("enough");
      const exit = context.engine.wait(id, { signal: stop.signal });
      setTimeout(() => stop.abort(reason), 100);
      await rejectsWithReason(reason, exit, "wait");
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(await context.phase(id), "running");
      await context.engine.signal(id, "SIGTERM");
      assert.equal((await context.engine.wait(id)).exitCode, 41);
    },
  },
  {
    name: "a call whose signal is aborted already rejects with its reason and does nothing",
    async run(context) {
      const reason = { any: "value" };
      const options = { signal: AbortSignal.abort(reason) };
      const { engine } = context;
      const { id, attachment } = await context.launch(context.script.untilSignal());
      await context.hear(attachment, "ready");
      const created = await context.create(context.script.exit(0));
      const calls: Record<string, () => Promise<unknown>> = {
        image: () => engine.image(context.image, options),
        create: () => engine.create(context.spec(context.script.exit(0)), options),
        attach: () => engine.attach(created, options),
        start: () => engine.start(created, options),
        wait: () => engine.wait(id, options),
        signal: () => engine.signal(id, "SIGKILL", options),
        remove: () => engine.remove(id, options),
        list: () => engine.list(context.label, options),
      };
      for (const [name, call] of Object.entries(calls)) await rejectsWithReason(reason, Promise.resolve().then(call), name);
      assert.equal(await context.phase(id), "running");
      assert.equal(await context.phase(created), "created");
      assert.equal((await engine.list(context.label)).length, 2);
    },
  },
  {
    name: "the signal of an attach has no effect on its streams later",
    async run(context) {
      const id = await context.create(context.script.copy());
      const stop = new AbortController();
      const attachment = await context.engine.attach(id, { signal: stop.signal });
      await context.engine.start(id);
      stop.abort(new Error("late"));
      await attachment.write(Buffer.from("still here"));
      await attachment.end();
      assert.equal((await context.read(attachment)).stdout.toString(), "still here");
    },
  },
];

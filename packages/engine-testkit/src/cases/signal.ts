import { strict as assert } from "node:assert";
import type { Case } from "./case.ts";

const signals = ["SIGINT", "SIGTERM", "SIGKILL"] as const;

export const signalCases: readonly Case[] = [
  {
    name: "a signal reaches the container",
    async run(context) {
      for (const [signal, code] of [["SIGTERM", 41], ["SIGINT", 42], ["SIGKILL", 137]] as const) {
        const { id, attachment } = await context.launch(context.script.untilSignal());
        await context.hear(attachment, "ready");
        await context.engine.signal(id, signal);
        assert.equal((await context.engine.wait(id)).exitCode, code, signal);
      }
    },
  },
  {
    name: "a signal to a container that was never started has no effect",
    async run(context) {
      const id = await context.create(context.script.exit(0));
      for (const signal of signals) await context.engine.signal(id, signal);
      assert.equal(await context.phase(id), "created");
    },
  },
  {
    name: "a signal to a container that has exited has no effect",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.exit(3));
      await context.read(attachment);
      await context.engine.wait(id);
      for (const signal of signals) await context.engine.signal(id, signal);
      assert.equal((await context.engine.wait(id)).exitCode, 3);
    },
  },
  {
    name: "a signal to a container that is gone has no effect",
    async run(context) {
      const id = await context.create(context.script.exit(0));
      await context.engine.remove(id);
      for (const signal of signals) await context.engine.signal(id, signal);
    },
  },
];

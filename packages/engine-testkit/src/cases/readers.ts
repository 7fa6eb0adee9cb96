import { strict as assert } from "node:assert";
import type { Case } from "./case.ts";

export const readerCases: readonly Case[] = [
  {
    name: "leaving the output loop early leaves the container running",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.untilSignal());
      for await (const _chunk of attachment.output) break;
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(await context.phase(id), "running");
      await context.engine.signal(id, "SIGTERM");
      assert.equal((await context.engine.wait(id)).exitCode, 41);
    },
  },
  {
    name: "a container whose reader left the loop is not held up by its output",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.flood(8 * 1024 * 1024, 9));
      for await (const _chunk of attachment.output) break;
      assert.equal((await context.engine.wait(id)).exitCode, 9);
    },
  },
  {
    name: "closing an attachment, also twice, leaves the container running",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.untilSignal());
      await context.hear(attachment, "ready");
      await attachment.close();
      await attachment.close();
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(await context.phase(id), "running");
      await context.engine.signal(id, "SIGINT");
      assert.equal((await context.engine.wait(id)).exitCode, 42);
    },
  },
  {
    name: "a container whose attachment was closed is not held up by its output",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.flood(8 * 1024 * 1024, 9));
      await attachment.close();
      assert.equal((await context.engine.wait(id)).exitCode, 9);
    },
  },
  {
    name: "attaching to a container that has exited gives streams that have ended, and changes nothing",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.exit(8));
      await context.read(attachment);
      await context.engine.wait(id);
      const { stdout, stderr } = await context.read(await context.engine.attach(id));
      assert.equal(stdout.length + stderr.length, 0);
      assert.equal(await context.phase(id), "exited");
      assert.equal((await context.engine.wait(id)).exitCode, 8);
    },
  },
  {
    name: "closing an attachment ends its output loop",
    async run(context) {
      const { attachment } = await context.launch(context.script.untilSignal());
      const said = context.read(attachment);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await attachment.close();
      await said;
    },
  },
];

import { strict as assert } from "node:assert";
import { sameBytes } from "../same-bytes.ts";
import type { Case } from "./case.ts";

export const inputCases: readonly Case[] = [
  {
    name: "stdin reaches the container, and output goes on after stdin has ended",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.copy());
      await attachment.write(Buffer.from("one\n"));
      await attachment.write(Buffer.from("two\n"));
      await attachment.end();
      const { stdout, stderr } = await context.read(attachment);
      assert.equal(stdout.toString(), "one\ntwo\n");
      assert.equal(stderr.toString().trim(), "end");
      assert.equal((await context.engine.wait(id)).exitCode, 0);
    },
  },
  {
    name: "what was written before start is there after it",
    async run(context) {
      const id = await context.create(context.script.copy());
      const attachment = await context.engine.attach(id);
      const written = attachment.write(Buffer.from("early")).then(() => attachment.end());
      await context.engine.start(id);
      await written;
      assert.equal((await context.read(attachment)).stdout.toString(), "early");
    },
  },
  {
    name: "stdin carries every byte value",
    async run(context) {
      const { attachment } = await context.launch(context.script.copy());
      const bytes = Buffer.from(Array.from({ length: 1024 }, (_, index) => index % 256));
      await attachment.write(bytes);
      await attachment.end();
      sameBytes((await context.read(attachment)).stdout, bytes);
    },
  },
  {
    name: "eight megabytes of stdin arrive whole",
    async run(context) {
      const { attachment } = await context.launch(context.script.measure());
      const part = Buffer.alloc(64 * 1024, "x");
      for (let count = 0; count < 128; count += 1) await attachment.write(part);
      await attachment.end();
      assert.equal((await context.read(attachment)).stdout.toString().trim(), String(8 * 1024 * 1024));
    },
  },
  {
    name: "stdin that was closed without a byte is at its end",
    async run(context) {
      const { attachment } = await context.launch(context.script.measure());
      await attachment.end();
      await attachment.end();
      assert.equal((await context.read(attachment)).stdout.toString().trim(), "0");
    },
  },
];

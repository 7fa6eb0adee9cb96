import { strict as assert } from "node:assert";
import { floodOf } from "../scripts.ts";
import { sameBytes } from "../same-bytes.ts";
import type { Case } from "./case.ts";

const megabyte = 1024 * 1024;

export const outputCases: readonly Case[] = [
  {
    name: "what a container says first has a reader",
    async run(context) {
      const { stdout, stderr } = await context.run(context.script.print({ stdout: "out", stderr: "err" }));
      assert.equal(stdout.toString(), "out");
      assert.equal(stderr.toString(), "err");
    },
  },
  {
    name: "one megabyte written right before the exit arrives whole, time and again",
    async run(context) {
      const whole = floodOf(megabyte);
      for (let left = context.load.rounds; left > 0; left -= 4) {
        const runs = await Promise.all(Array.from({ length: Math.min(left, 4) }, () => context.run(context.script.flood(megabyte, 7))));
        for (const { stdout, exit } of runs) {
          sameBytes(stdout, whole);
          assert.equal(exit.exitCode, 7);
        }
      }
    },
  },
  {
    name: "a reader that rests after each piece misses nothing",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.flood(3 * megabyte, 3));
      const parts: Uint8Array[] = [];
      for await (const { bytes } of attachment.output) {
        parts.push(Uint8Array.from(bytes));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      sameBytes(Buffer.concat(parts), floodOf(3 * megabyte));
      assert.equal((await context.engine.wait(id)).exitCode, 3);
    },
  },
  {
    name: "a reader that comes seconds late has missed nothing",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.flood(6 * megabyte, 0));
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const { stdout } = await context.read(attachment);
      sameBytes(stdout, floodOf(6 * megabyte));
      assert.equal((await context.engine.wait(id)).exitCode, 0);
    },
  },
  {
    name: "every byte value arrives as it was written",
    async run(context) {
      const { stdout } = await context.run(context.script.everyByte());
      assert.deepEqual([...stdout], Array.from({ length: 256 }, (_, value) => value));
    },
  },
  {
    name: "lines arrive in the order in which they were written",
    async run(context) {
      const { stdout } = await context.run(context.script.count(20_000));
      assert.deepEqual(stdout.toString().trim().split("\n").map(Number), Array.from({ length: 20_000 }, (_, index) => index + 1));
    },
  },
  {
    name: "output arrives while the container runs",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.untilSignal());
      await context.hear(attachment, "ready\n");
      assert.equal(await context.phase(id), "running");
    },
  },
  {
    name: "output ends when the container is killed",
    async run(context) {
      const { id, attachment } = await context.launch(context.script.deaf());
      const said = context.read(attachment);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await context.engine.signal(id, "SIGKILL");
      assert.equal((await said).stderr.length, 0);
    },
  },
];

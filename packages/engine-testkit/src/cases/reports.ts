import { strict as assert } from "node:assert";
import type { Case } from "./case.ts";

export const reportCases: readonly Case[] = [
  {
    name: "an engine says who it is and what it can do, and does not change its mind",
    async run({ engine }) {
      const info = await engine.info();
      assert.equal(info.name, engine.name);
      for (const field of ["version", "os", "architecture"] as const) assert.ok(info[field] !== "", `${field} is empty.`);
      assert.ok(Object.isFrozen(engine.supports), "supports is not frozen.");
    },
  },
  {
    name: "an image that is present has an id",
    async run({ engine, image }) {
      const found = await engine.image(image);
      assert.ok(found !== undefined && found.id !== "", "It has none.");
    },
  },
  {
    name: "warnings about a container are sentences, usually none",
    async run(context) {
      const { id, warnings } = await context.engine.create(context.spec(context.script.exit(0)));
      await context.engine.remove(id);
      assert.deepEqual(warnings.filter((warning) => typeof warning !== "string" || warning.trim() === ""), []);
    },
  },
  {
    name: "limits that the engine supports are taken without a warning",
    async run(context) {
      const { memory, cpus, pids } = context.engine.supports.limits;
      const limits = { ...(memory ? { memoryBytes: 256 * 1024 * 1024 } : {}), ...(cpus ? { cpus: 0.5 } : {}), ...(pids ? { pids: 64 } : {}) };
      const { id, warnings } = await context.engine.create(context.spec(context.script.exit(0), { limits }));
      try {
        assert.deepEqual(warnings, []);
        const attachment = await context.engine.attach(id);
        await context.engine.start(id);
        await context.read(attachment);
        assert.equal((await context.engine.wait(id)).exitCode, 0);
      } finally {
        await context.engine.remove(id);
      }
    },
  },
];

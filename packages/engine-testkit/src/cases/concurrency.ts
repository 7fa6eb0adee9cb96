import { strict as assert } from "node:assert";
import { floodOf } from "../scripts.ts";
import type { Case } from "./case.ts";

export const concurrencyCases: readonly Case[] = [
  {
    name: "many containers at once do not disturb each other",
    async run(context) {
      const runs = await Promise.all(Array.from({ length: context.load.atOnce }, (_, index) => context.run(context.script.flood(100_000 + index, index % 256))));
      runs.forEach(({ exit, stdout }, index) => {
        assert.equal(exit.exitCode, index % 256);
        assert.ok(stdout.equals(floodOf(100_000 + index)), `Container ${index} said something else.`);
      });
    },
  },
];

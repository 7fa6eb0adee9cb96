import { strict as assert } from "node:assert";
import { acrossProcesses, type Case } from "./case.ts";

export const listCases: readonly Case[] = [
  {
    name: "list finds a container by its labels in every phase until remove",
    async run(context) {
      const name = context.spec([]).name;
      const id = await context.create(context.script.untilSignal(), { name, labels: { role: "a" } });
      const find = async (): Promise<unknown> => (await context.engine.list({ role: "a", ...context.label })).map((found) => [found.id, found.name, found.phase, found.labels["role"]]);
      assert.deepEqual(await find(), [[id, name, "created", "a"]]);
      const attachment = await context.engine.attach(id);
      assert.deepEqual(await find(), [[id, name, "created", "a"]]);
      await context.engine.start(id);
      await context.hear(attachment, "ready");
      assert.deepEqual(await find(), [[id, name, "running", "a"]]);
      await context.engine.signal(id, "SIGTERM");
      await context.engine.wait(id);
      assert.deepEqual(await find(), [[id, name, "exited", "a"]]);
      await context.engine.remove(id);
      assert.deepEqual(await find(), []);
    },
  },
  {
    name: "list asks for all the labels, and an empty value matches any",
    async run(context) {
      const both = await context.create(context.script.exit(0), { labels: { one: "1", two: "2" } });
      const one = await context.create(context.script.exit(0), { labels: { one: "1" } });
      const ids = async (labels: Record<string, string>): Promise<string[]> => (await context.engine.list({ ...labels, ...context.label })).map(({ id }) => id).sort();
      assert.deepEqual(await ids({ one: "1", two: "2" }), [both]);
      assert.deepEqual(await ids({ one: "1" }), [both, one].sort());
      assert.deepEqual(await ids({ one: "" }), [both, one].sort());
      assert.deepEqual(await ids({ two: "" }), [both]);
      assert.deepEqual(await ids({ one: "2" }), []);
      assert.deepEqual(await ids({ three: "" }), []);
    },
  },
  {
    name: "label values keep spaces, equal signs and letters of every alphabet",
    async run(context) {
      const labels = { odd: 'a b=c, "d" ü 日本' };
      const id = await context.create(context.script.exit(0), { labels });
      const [found] = await context.engine.list(context.label);
      assert.equal(found?.id, id);
      assert.equal(found.labels["odd"], labels.odd);
      assert.equal((await context.engine.list({ ...labels, ...context.label })).length, 1);
    },
  },
  {
    name: "another process finds, waits for and removes a container",
    needs: acrossProcesses,
    async run(context) {
      const other = await context.another();
      const { id, attachment } = await context.launch(context.script.untilSignal());
      await context.hear(attachment, "ready");
      assert.equal(await context.phase(id, other), "running");
      const exit = other.wait(id);
      await other.signal(id, "SIGTERM");
      assert.equal((await exit).exitCode, 41);
      await other.remove(id);
      assert.equal(await context.phase(id), undefined);
    },
  },
  {
    name: "closing an engine leaves its containers alone",
    needs: acrossProcesses,
    async run(context) {
      const other = await context.another();
      const { id, attachment } = await context.launch(context.script.untilSignal(), {}, other);
      await context.hear(attachment, "ready");
      await other.close();
      await other.close();
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(await context.phase(id), "running");
      await context.engine.signal(id, "SIGTERM");
      assert.equal((await context.engine.wait(id)).exitCode, 41);
    },
  },
];

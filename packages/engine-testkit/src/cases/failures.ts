import { strict as assert } from "node:assert";
import { isRunnerError } from "@distronode-runner/contract";
import { containers, quickly, rejectsWith, type Case } from "./case.ts";

const absentImage = "localhost/distronode-runner-absent:none";

export const failureCases: readonly Case[] = [
  {
    name: "an unknown container is CONTAINER_NOT_FOUND, and can be signalled and removed without effect",
    async run({ engine }) {
      const id = "0123456789abcdef".repeat(4);
      await rejectsWith("CONTAINER_NOT_FOUND", Promise.resolve().then(() => engine.attach(id)), "attach");
      await rejectsWith("CONTAINER_NOT_FOUND", Promise.resolve().then(() => engine.start(id)), "start");
      await rejectsWith("CONTAINER_NOT_FOUND", Promise.resolve().then(() => engine.wait(id)), "wait");
      await engine.signal(id, "SIGKILL");
      await engine.remove(id);
    },
  },
  {
    name: "an absent image is undefined when asked for and IMAGE_NOT_FOUND at create",
    needs: containers,
    async run(context) {
      assert.equal(await context.engine.image(absentImage), undefined);
      // Whoever looks for it in a registry takes longer.
      await quickly(2.5, async () => () => rejectsWith("IMAGE_NOT_FOUND", context.engine.create(context.spec(context.script.exit(0), { image: absentImage })), "create"));
    },
  },
  {
    name: "a name that is taken is CONTAINER_CONFLICT until its container is removed",
    async run(context) {
      const spec = context.spec(context.script.exit(0));
      const { id } = await context.engine.create(spec);
      try {
        await rejectsWith("CONTAINER_CONFLICT", Promise.resolve().then(() => context.engine.create(spec)), "create");
      } finally {
        await context.engine.remove(id);
      }
      await context.create(spec.command, { name: spec.name });
    },
  },
  {
    name: "a command that the image lacks is IMAGE_UNSUITABLE at start, or at attach",
    async run(context) {
      for (const command of ["no-such-command-anywhere", "/no/such/file"]) {
        const id = await context.create([command]);
        await rejectsWith("IMAGE_UNSUITABLE", context.engine.attach(id).then(() => context.engine.start(id)), command);
        await context.engine.remove(id);
      }
    },
  },
  {
    name: "errors keep their cause",
    needs: containers,
    async run(context) {
      const error: unknown = await context.engine.create(context.spec([], { image: absentImage })).catch((reason: unknown) => reason);
      assert.ok(isRunnerError(error) && error.cause !== undefined, "There is no cause.");
    },
  },
];

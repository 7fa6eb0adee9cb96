import { strict as assert } from "node:assert";
import { pieces, unreadable, whole } from "../archive/pieces.ts";
import { readTar, writeTar } from "../archive/tar.ts";
import { floodOf } from "../scripts.ts";
import { sameBytes } from "../same-bytes.ts";
import { archives, rejectsWith, rejectsWithReason, type Case } from "./case.ts";

const tar = (files: Readonly<Record<string, string | Uint8Array>>, owner = 0): AsyncIterable<Uint8Array> =>
  pieces(writeTar(new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)])), owner));

export const archiveCases: readonly Case[] = [
  {
    name: "an engine without archives refuses them",
    needs: (supports) => (supports.archives ? "being without archives" : undefined),
    async run(context) {
      const id = await context.create(context.script.exit(0));
      await rejectsWith("ENGINE_INCOMPATIBLE", context.engine.put(id, "/tmp", tar({ file: "x" })), "put");
      await rejectsWith("ENGINE_INCOMPATIBLE", whole(context.engine.get(id, "/tmp")), "get");
    },
  },
  {
    name: "what is put into a container before its start is there, and what it leaves can be got after its exit",
    needs: archives,
    async run(context) {
      const reads = await context.create(context.script.read("/tmp/suite/in"));
      await context.engine.put(reads, "/tmp", tar({ "suite/in": "from outside", "suite/other": "" }));
      const attachment = await context.engine.attach(reads);
      await context.engine.start(reads);
      assert.equal((await context.read(attachment)).stdout.toString(), "from outside");
      const writes = await context.launch(context.script.write("/tmp/out", "from inside"));
      await context.read(writes.attachment);
      assert.equal((await context.engine.wait(writes.id)).exitCode, 0);
      const got = readTar(await whole(context.engine.get(writes.id, "/tmp/out")));
      assert.deepEqual([...(got ?? [])].map(([name, content]) => [name, content.toString()]), [["out", "from inside"]]);
    },
  },
  {
    name: "archives go in and out of a container that runs, whole, and replace what was there",
    needs: archives,
    async run(context) {
      const { engine } = context;
      const { id, attachment } = await context.launch(context.script.untilSignal());
      await context.hear(attachment, "ready");
      const content = floodOf(3 * 1024 * 1024 + 1);
      await engine.put(id, "/tmp", tar({ "suite/big": "small", "suite/deep/er/file": "other" }));
      await engine.put(id, "/tmp", tar({ "suite/big": content }));
      for await (const _part of engine.get(id, "/tmp/suite")) break;
      const got = readTar(await whole(engine.get(id, "/tmp/suite")));
      assert.deepEqual([...(got?.keys() ?? [])].sort(), ["suite/big", "suite/deep/er/file"]);
      sameBytes(got?.get("suite/big") ?? Buffer.alloc(0), content);
      assert.equal(await context.phase(id), "running");
    },
  },
  {
    name: "files put for the container's user can be read by it",
    needs: archives,
    async run(context) {
      const id = await context.create(context.script.read("/tmp/mine"), { user: "1234:1234" });
      await context.engine.put(id, "/tmp", tar({ mine: "for 1234" }, 1234));
      const attachment = await context.engine.attach(id);
      await context.engine.start(id);
      assert.equal((await context.read(attachment)).stdout.toString(), "for 1234");
    },
  },
  {
    name: "a path that the container lacks is PATH_NOT_FOUND, an unknown container CONTAINER_NOT_FOUND, and what is no whole archive REQUEST_INVALID",
    needs: archives,
    async run(context) {
      const { engine } = context;
      const id = await context.create(context.script.exit(0));
      await rejectsWith("PATH_NOT_FOUND", engine.put(id, "/no/such/directory", tar({ file: "x" })), "put");
      await rejectsWith("PATH_NOT_FOUND", whole(engine.get(id, "/no/such/file")), "get");
      await rejectsWith("REQUEST_INVALID", engine.put(id, "/tmp", pieces(Buffer.alloc(3000, "no archive "))), "put of nonsense");
      await rejectsWith("REQUEST_INVALID", engine.put(id, "/tmp", pieces(writeTar(new Map([["file", Buffer.alloc(9000)]])).subarray(0, 5000))), "put of half an archive");
      const reason = new Error("the disk is gone");
      await rejectsWithReason(reason, engine.put(id, "/tmp", unreadable(reason)), "put of what can not be read");
      await engine.remove(id);
      await rejectsWith("CONTAINER_NOT_FOUND", engine.put(id, "/tmp", tar({ file: "x" })), "put");
      await rejectsWith("CONTAINER_NOT_FOUND", whole(engine.get(id, "/tmp")), "get");
    },
  },
  {
    name: "a put or get whose signal is aborted already rejects with its reason and does nothing",
    needs: archives,
    async run(context) {
      const id = await context.create(context.script.exit(0));
      const reason = { any: "value" };
      const options = { signal: AbortSignal.abort(reason) };
      await rejectsWithReason(reason, Promise.resolve().then(() => context.engine.put(id, "/tmp", tar({ file: "x" }), options)), "put");
      await rejectsWithReason(reason, whole(context.engine.get(id, "/tmp", options)), "get");
      await rejectsWith("PATH_NOT_FOUND", whole(context.engine.get(id, "/tmp/file")), "get of what was not put");
    },
  },
];

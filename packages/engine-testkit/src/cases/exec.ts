import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { ExecSession, ExecSpec } from "@distronode-runner/contract";
import type { CaseContext, Ran, Running } from "../context.ts";
import { floodOf } from "../scripts.ts";
import { sameBytes } from "../same-bytes.ts";
import { acrossProcesses, canExec, containers, rejectsWith, rejectsWithReason, type Case } from "./case.ts";

const megabyte = 1024 * 1024;

export const execCases: readonly Case[] = [
  {
    name: "an engine without exec refuses it",
    needs: (supports) => (supports.exec ? "being without exec" : undefined),
    async run(context) {
      const { id } = await host(context);
      await rejectsWith("ENGINE_INCOMPATIBLE", context.engine.exec(id, { command: context.script.exit(0) }), "exec");
    },
  },
  {
    name: "a non-zero exit of what exec started is a value, each time it is asked for",
    needs: canExec,
    async run(context) {
      const { id } = await host(context);
      for (const code of [0, 1, 126, 127, 255]) {
        const session = await context.engine.exec(id, { command: context.script.exit(code) });
        assert.deepEqual([await session.wait(), await session.wait()], [code, code]);
      }
      assert.equal(await context.phase(id), "running");
    },
  },
  {
    name: "exec has streams: stdin reaches the process, and both outputs come to their end",
    needs: canExec,
    async run(context) {
      const { id } = await host(context);
      const session = await context.engine.exec(id, { command: context.script.copy() });
      const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256));
      const said = context.read(session);
      await session.write(bytes.subarray(0, 70_000));
      await session.write(bytes.subarray(70_000));
      await session.end();
      const { stdout, stderr } = await said;
      sameBytes(stdout, bytes);
      assert.equal(stderr.toString().trim(), "end");
      assert.equal(await session.wait(), 0);
    },
  },
  {
    name: "one megabyte that exec's process wrote right before its exit arrives whole",
    needs: canExec,
    async run(context) {
      const { id } = await host(context);
      for (let round = 0; round < 3; round += 1) {
        const { stdout, code } = await run(context, id, { command: context.script.flood(megabyte, 7) });
        sameBytes(stdout, floodOf(megabyte));
        assert.equal(code, 7);
      }
    },
  },
  {
    name: "exec sees the container's environment, with its own on top, and its working directory unless told another",
    needs: canExec,
    async run(context) {
      const { id } = await host(context, { environment: { SUITE_ONE: "one", SUITE_TWO: "two" }, workdir: "/tmp" });
      const say = async (spec: ExecSpec): Promise<string> => (await run(context, id, spec)).stdout.toString();
      const environment = { SUITE_TWO: "2 'x' $HOME ü\nsecond line" };
      assert.equal(await say({ command: context.script.variable("SUITE_ONE"), environment }), "one");
      assert.equal(await say({ command: context.script.variable("SUITE_TWO"), environment }), environment.SUITE_TWO);
      assert.equal(await say({ command: context.script.variable("SUITE_TWO") }), "two");
      assert.equal(await say({ command: context.script.workdir() }), "/tmp\n");
      assert.equal(await say({ command: context.script.workdir(), workdir: "/" }), "/\n");
    },
  },
  {
    name: "exec sees the container's files, and leaves its own there",
    needs: canExec,
    async run(context) {
      const { id } = await host(context);
      const path = context.engine.supports.containers ? "/tmp/suite-file" : join(await context.directory(), "file");
      assert.notEqual((await run(context, id, { command: context.script.read(path) })).code, 0);
      assert.equal((await run(context, id, { command: context.script.write(path, "left behind") })).code, 0);
      assert.equal((await run(context, id, { command: context.script.read(path) })).stdout.toString(), "left behind");
    },
  },
  {
    name: "exec is the container's user unless told another",
    needs: (supports) => canExec(supports) ?? containers(supports),
    async run(context) {
      const { id } = await host(context, { user: "1234:1234" });
      assert.equal((await run(context, id, { command: context.script.user() })).stdout.toString(), "1234\n");
      assert.equal((await run(context, id, { command: context.script.user(), user: "4321" })).stdout.toString(), "4321\n");
    },
  },
  {
    name: "exec in a container that does not run is CONTAINER_NOT_RUNNING, in one that is unknown CONTAINER_NOT_FOUND",
    needs: canExec,
    async run(context) {
      const command = context.script.exit(0);
      const created = await context.create(command);
      await rejectsWith("CONTAINER_NOT_RUNNING", Promise.resolve().then(() => context.engine.exec(created, { command })), "exec before start");
      const { id, attachment } = await context.launch(command);
      await context.read(attachment);
      await context.engine.wait(id);
      await rejectsWith("CONTAINER_NOT_RUNNING", Promise.resolve().then(() => context.engine.exec(id, { command })), "exec after the exit");
      await context.engine.remove(id);
      await rejectsWith("CONTAINER_NOT_FOUND", Promise.resolve().then(() => context.engine.exec(id, { command })), "exec in what is gone");
    },
  },
  {
    name: "a command that is not there is IMAGE_UNSUITABLE at exec, and leaves the container alone",
    needs: canExec,
    async run(context) {
      const { id } = await host(context);
      for (const command of ["no-such-command-anywhere", "/no/such/file"]) await rejectsWith("IMAGE_UNSUITABLE", context.engine.exec(id, { command: [command] }), command);
      assert.equal(await context.phase(id), "running");
    },
  },
  {
    name: "the end of what exec started leaves the container alone",
    needs: canExec,
    async run(context) {
      const { id } = await host(context);
      const session = await context.engine.exec(id, { command: context.script.copy() });
      const said = context.read(session);
      await session.write(Buffer.from("unfinished"));
      await session.end();
      assert.equal((await said).stdout.toString(), "unfinished");
      await session.wait();
      assert.equal(await context.phase(id), "running");
      await context.engine.signal(id, "SIGTERM");
      assert.equal((await context.engine.wait(id)).exitCode, 41);
    },
  },
  {
    name: "leaving exec's output loop, or closing it, releases the reader only",
    needs: canExec,
    async run(context) {
      const { id } = await host(context);
      const left = await context.engine.exec(id, { command: context.script.flood(8 * megabyte, 9) });
      for await (const _chunk of left.output) break;
      const closed = await context.engine.exec(id, { command: context.script.untilSignal() });
      await context.hear(closed, "ready");
      await closed.close();
      await closed.close();
      assert.equal(await left.wait(), 9);
      const stop = new AbortController();
      setTimeout(() => stop.abort("enough"), 300);
      await rejectsWithReason("enough", closed.wait({ signal: stop.signal }), "wait for a process that goes on");
      assert.equal(await context.phase(id), "running");
    },
  },
  {
    name: "what exec started ends with its container",
    needs: canExec,
    async run(context) {
      const { id } = await host(context);
      const session = await context.engine.exec(id, { command: context.script.deaf() });
      await context.hear(session, "ready");
      const ended = session.wait();
      await context.engine.signal(id, "SIGKILL");
      await context.engine.wait(id);
      assert.equal(await ended, 137);
    },
  },
  {
    name: "an exec whose signal is aborted already starts nothing",
    needs: canExec,
    async run(context) {
      const { id } = await host(context);
      const reason = { any: "value" };
      await rejectsWithReason(reason, Promise.resolve().then(() => context.engine.exec(id, { command: context.script.exit(0) }, { signal: AbortSignal.abort(reason) })), "exec");
    },
  },
  {
    name: "another process can exec in a container",
    needs: (supports) => canExec(supports) ?? acrossProcesses(supports),
    async run(context) {
      const { id } = await host(context, { environment: { SUITE_ONE: "one" } });
      const other = await context.another();
      const session: ExecSession = await other.exec(id, { command: context.script.variable("SUITE_ONE") });
      assert.equal((await context.read(session)).stdout.toString(), "one");
      assert.equal(await session.wait(), 0);
      assert.equal(await context.phase(id), "running");
    },
  },
];

/** A container that runs until it is told to end. */
async function host(context: CaseContext, more: Parameters<CaseContext["launch"]>[1] = {}): Promise<Running> {
  const running = await context.launch(context.script.untilSignal(), more);
  await context.hear(running.attachment, "ready");
  return running;
}

/** From `exec` to the exit, with everything that was said. */
async function run(context: CaseContext, id: string, spec: ExecSpec): Promise<Omit<Ran, "exit"> & { readonly code: number }> {
  const session = await context.engine.exec(id, spec);
  await session.end();
  const said = await context.read(session);
  return { ...said, code: await session.wait() };
}

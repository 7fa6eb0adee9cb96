import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { afterEach, describe, expect, test, vi } from "vitest";

import { connectorCommand, createDecoder, encodeAck, encodeAttach, encodeCancel, encodeDetach, encodeJob, isFromShim } from "../src/index.ts";
import type { AttachRequest, AttachSecret, ContextPayload, DecoderPosition, Frame, JobDocument } from "../src/index.ts";
import { endShims, python, shellJob, start, type ShimProcess } from "./shim-process.ts";

// Nothing here depends on how fast the machine is; this only ends what hangs.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

afterEach(endShims);

const key = "c0ffee".repeat(10);

function job(script: string, changes: Partial<JobDocument> = {}): JobDocument {
  return shellJob(script, { id: "job-1", attachKey: key, context: "what the first owner knew", ...changes, clocks: { ...shellJob("").clocks, lease: 0, keep: 60, ...changes.clocks } });
}

interface NewOwner {
  readonly frames: readonly Frame[];
  readonly context: Promise<ContextPayload>;
  readonly ended: Promise<void>;
  write(bytes: Buffer): void;
}

/** Comes in by the door and reads to the end. State of the first owner: its decoder's position as JSON. */
async function takeOver(shim: ShimProcess, request: AttachRequest = {}): Promise<NewOwner> {
  const { jobDir } = (await shim.frame("ready")).data;
  const socket: Socket = connect(join(jobDir, "job-1.sock")).on("error", () => {});
  return follow(socket, (bytes) => socket.write(bytes), request);
}

function follow(output: NodeJS.ReadableStream, write: (bytes: Buffer) => void, request: AttachRequest, as: { readonly key?: string } = {}): NewOwner {
  const frames: Frame[] = [];
  const context = Promise.withResolvers<ContextPayload>();
  const ended = Promise.withResolvers<void>();
  const none: DecoderPosition = { sequence: 0, checksum: 0, stdout: 0, stderr: 0, event: 0 };
  const decoder = createDecoder(({ state }) => (state === "" ? none : (JSON.parse(state) as DecoderPosition)));
  let secret: AttachSecret = { jobId: "job-1", key: as.key ?? key, challenge: "", own: "mine" };
  output.on("data", (chunk: Buffer) => {
    try {
      for (const frame of decoder.push(chunk)) {
        frames.push(frame);
        if (frame.type === "challenge") {
          secret = { ...secret, challenge: frame.data.nonce };
          write(encodeAttach(secret, request));
        }
        if (frame.type === "context") {
          const { mac, ...others } = frame.data;
          if (isFromShim(secret, mac)) context.resolve({ ...others, mac: "right" });
          else context.reject(new Error("not from the shim"));
        }
        if (frame.type === "failed") context.reject(new Error(isFromShim(secret, frame.data.mac) ? frame.data.code : "not from the shim"));
        if (frame.type === "end") ended.resolve();
      }
      const { position } = decoder;
      if (position.sequence > 0) write(encodeAck(position.sequence, JSON.stringify(position)));
    } catch (error) {
      ended.reject(error);
    }
  });
  output.on("close", () => context.reject(new Error("closed")));
  context.promise.catch(() => {});
  ended.promise.catch(() => {});
  return { frames, context: context.promise, ended: ended.promise, write };
}

const text = (frames: readonly Frame[]): string => Buffer.concat(frames.flatMap((frame) => (frame.type === "stdout" ? [frame.bytes] : []))).toString();
const leave = (shim: ShimProcess): void => void shim.child.stdin?.end();

describe("a new owner", () => {
  test("gets what the old one knew, and everything again if nothing was stored", async () => {
    const shim = start();
    shim.acknowledge = false;
    shim.write(encodeJob(job("echo one; read line; echo two", { stdin: "pipe" })));
    await shim.printed("one");
    leave(shim);
    const owner = await takeOver(shim);
    expect(await owner.context).toEqual({ after: 0, state: "", context: "what the first owner knew", mac: "right" });
    owner.write(encodeCancel({ grace: 0, why: "canceled" }));
    await owner.ended;
    expect(text(owner.frames)).toBe("one\n");
    expect(owner.frames.flatMap((frame) => (frame.sequence > 0 ? [frame.sequence] : []))).toEqual(Array.from({ length: owner.frames.at(-1)!.sequence }, (_, index) => index + 1));
    expect(owner.frames.find((frame) => frame.type === "exited")).toMatchObject({ data: { why: "canceled" } });
  });

  test("goes on after the last acknowledgement, with the state that came with it, and the counts at the end prove that nothing is missing", async () => {
    const shim = start();
    shim.acknowledge = false;
    shim.write(encodeJob(job("echo one; sleep 0.3; echo two; sleep 0.3; echo three")));
    await shim.printed("one");
    const { position } = shim.decoder;
    shim.write(encodeAck(position.sequence, JSON.stringify(position)));
    await shim.printed("two");
    leave(shim);
    const owner = await takeOver(shim);
    expect(await owner.context).toMatchObject({ after: position.sequence, state: JSON.stringify(position) });
    await owner.ended;
    expect(text(owner.frames)).toBe("two\nthree\n");
    expect(await shim.exit).toBe(0);
  });

  test("finds what was said after the tool's end", async () => {
    const shim = start();
    shim.acknowledge = false;
    shim.write(encodeJob(job("echo one; exit 3")));
    await shim.frame("end");
    leave(shim);
    const owner = await takeOver(shim);
    await owner.ended;
    expect(text(owner.frames)).toBe("one\n");
    expect(owner.frames.find((frame) => frame.type === "exited")).toMatchObject({ data: { code: 3 } });
    expect(await shim.exit).toBe(0);
  });

  test("is refused while the old one is there, unless it insists", async () => {
    const shim = start(job("echo one; sleep 300"));
    await shim.printed("one");
    await expect((await takeOver(shim)).context).rejects.toThrow("JOB_OWNED");
    const owner = await takeOver(shim, { force: true });
    await owner.context;
    owner.write(encodeCancel({ grace: 0, why: "canceled" }));
    await owner.ended;
  });

  test("can leave again for another, and the job's clocks go on", async () => {
    const shim = start(job("echo one; sleep 300", { clocks: { ...shellJob("").clocks, lease: 300, job: 3 } }));
    await shim.printed("one");
    shim.write(encodeDetach());
    leave(shim);
    const { jobDir } = (await shim.frame("ready")).data;
    const first = connect(join(jobDir, "job-1.sock")).on("error", () => {});
    const owner = follow(first, (bytes) => first.write(bytes), {});
    await owner.context;
    first.destroy();
    const second = await takeOver(shim);
    await second.ended;
    expect(second.frames.find((frame) => frame.type === "exited")).toMatchObject({ data: { why: "job_timeout" } });
  });

  test("who comes after another speaks its own language, not what a stranger began", async () => {
    const shim = start(job("echo one; sleep 300"));
    await shim.printed("one");
    leave(shim);
    const { jobDir } = (await shim.frame("ready")).data;
    const stranger = connect(join(jobDir, "job-1.sock")).on("error", () => {});
    stranger.resume();
    stranger.write("GET / HTTP/1.1\r\n\r\n");
    await new Promise((resolve) => stranger.once("close", resolve));
    const owner = await takeOver(shim);
    expect(await owner.context).toMatchObject({ context: "what the first owner knew" });
    owner.write(encodeCancel({ grace: 0, why: "canceled" }));
    await owner.ended;
  });

  test("comes in through the connector, as from outside a container", async () => {
    const shim = start(job("echo one; sleep 300"));
    await shim.printed("one");
    leave(shim);
    const [command = "", ...args] = connectorCommand("job-1", python);
    const connector = spawn(command, args);
    const owner = follow(connector.stdout, (bytes) => connector.stdin.write(bytes), {});
    await owner.context;
    owner.write(encodeCancel({ grace: 0, why: "canceled" }));
    await owner.ended;
    expect(await new Promise((resolve) => connector.once("close", resolve))).toBe(0);
  });

  test("is told when there is no such job", async () => {
    const [command = "", ...args] = connectorCommand("no-such-job", python);
    const connector = spawn(command, args);
    let said = "";
    connector.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    expect(await new Promise((resolve) => connector.once("close", resolve))).toBe(69);
    expect(said).toContain("no door");
  });
});

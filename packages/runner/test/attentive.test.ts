import { RunnerError, type Attachment, type Engine, type OutputChunk } from "@distronode-runner/contract";
import { describe, expect, test } from "vitest";
import { attended, type Attendance } from "../src/attended-streams.ts";
import { attentive } from "../src/engines/attentive.ts";
import { EnginePool } from "../src/engines/engine-pool.ts";

const never = (): Promise<never> => new Promise(() => {});
const patience = { call: 5, answer: 20 };
const fake = (verbs: Partial<Engine>): Engine => ({ name: "fake", supports: {}, close: () => Promise.resolve(), ...verbs }) as Engine;

describe("a call to an engine", () => {
  test.each(["info", "image", "images", "removeImage", "pull", "load", "create", "attach", "start", "exec", "wait", "signal", "remove", "list", "put"] as const)("%s ends when the engine answers nothing at all", async (verb) => {
    const engine = attentive(fake({ list: never, [verb]: never }), patience);
    await expect((engine[verb] as () => Promise<unknown>)()).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE", message: expect.stringContaining("does not answer") as string });
  });

  test("may take any time while the engine answers another", async () => {
    let asked = 0;
    const done = Promise.withResolvers<undefined>();
    const list = (): Promise<[]> => {
      asked += 1;
      if (asked === 3) done.resolve(undefined);
      return Promise.resolve([]);
    };
    await attentive(fake({ list, start: () => done.promise }), patience).start("x");
    expect(asked).toBe(3);
  });

  test("may take any time while the engine at least refuses", async () => {
    let asked = 0;
    const done = Promise.withResolvers<undefined>();
    const list = (): Promise<never> => {
      if ((asked += 1) === 2) done.resolve(undefined);
      return Promise.reject(new RunnerError("ENGINE_FAILED", "busy"));
    };
    await attentive(fake({ list, start: () => done.promise }), patience).start("x");
    expect(asked).toBe(2);
  });

  test("is aborted by its own signal, with that one's reason, and tells the engine when it is given up", async () => {
    const engine = attentive(fake({ list: never, start: never }), { call: 60_000, answer: 60_000 });
    await expect(engine.start("x", { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
    let told: AbortSignal | undefined;
    const listening = attentive(fake({ list: never, start: (_id, options) => ((told = options?.signal), never()) }), patience);
    await expect(listening.start("x")).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE" });
    expect(told?.aborted).toBe(true);
  });
});

test("engines that are opened by the runner are looked after", async () => {
  const usable = { usable: true, info: { name: "x", version: "1", os: "linux", architecture: "amd64", rootless: false, endpoint: "" } } as const;
  const opened = fake({ list: () => Promise.resolve([]) });
  const pool = new EnginePool([{ contract: 1, name: "fake", settingsSchema: {}, detect: () => Promise.resolve(usable), open: () => Promise.resolve(opened) }], {} as never);
  const engine = await pool.open("fake", {});
  expect(engine).not.toBe(opened);
  expect(await engine.list({})).toEqual([]);
});

describe("the streams of a job", () => {
  const chunk = (text: string): OutputChunk => ({ stream: "stdout", bytes: Buffer.from(text) });
  const streams = (output: AsyncIterable<OutputChunk>): Attachment => ({ output, write: never, end: never, close: () => Promise.resolve() });
  const calm: Attendance = { shook: () => true, start: 0, late: () => new RunnerError("IMAGE_UNSUITABLE", "late"), alive: () => Promise.resolve(), quiet: 0.005 };
  const dead = new RunnerError("ENGINE_UNAVAILABLE", "dead");
  async function read(attachment: Attachment): Promise<string> {
    let said = "";
    for await (const { bytes } of attachment.output) said += Buffer.from(bytes).toString();
    return said;
  }

  test("end with an error when they are silent and the engine does not answer", async () => {
    async function* silent(): AsyncIterable<OutputChunk> {
      yield chunk("a");
      await never();
    }
    await expect(read(attended(streams(silent()), { ...calm, alive: () => Promise.reject(dead) }))).rejects.toBe(dead);
  });

  test("may be silent while the engine answers, and lose nothing by it", async () => {
    const more = Promise.withResolvers<undefined>();
    let asked = 0;
    async function* slow(): AsyncIterable<OutputChunk> {
      yield chunk("a");
      await more.promise;
      yield chunk("b");
    }
    const alive = (): Promise<void> => {
      if ((asked += 1) === 3) more.resolve(undefined);
      return Promise.resolve();
    };
    expect(await read(attended(streams(slow()), { ...calm, alive }))).toBe("ab");
    expect(asked).toBe(3);
  });

  test("end when the first word does not come in its time, whatever else is said, and not after that word", async () => {
    async function* chatty(): AsyncIterable<OutputChunk> {
      for (;;) {
        yield chunk(".");
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    await expect(read(attended(streams(chatty()), { ...calm, shook: () => false, start: 0.03, quiet: 60 }))).rejects.toMatchObject({ message: "late" });
    async function* short(): AsyncIterable<OutputChunk> {
      await new Promise((resolve) => setTimeout(resolve, 60));
      yield chunk("done");
    }
    expect(await read(attended(streams(short()), { ...calm, start: 0.001, quiet: 60 }))).toBe("done");
  });

  test("are left at once by a reader who leaves while they are silent", async () => {
    async function* silent(): AsyncIterable<OutputChunk> {
      yield chunk("a");
      await never();
    }
    for await (const { bytes } of attended(streams(silent()), calm).output) {
      expect(Buffer.from(bytes).toString()).toBe("a");
      break;
    }
  });
});

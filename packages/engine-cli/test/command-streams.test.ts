import { expect, test } from "vitest";
import { CommandStreams } from "../src/index.ts";

async function read({ output }: CommandStreams): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const said = { stdout: "", stderr: "" };
  for await (const { stream, bytes } of output) said[stream] += Buffer.from(bytes).toString();
  return said;
}

test("what was written before the command ran reaches it, and what it says on both streams comes out", async () => {
  const streams = new CommandStreams();
  void streams.write(Buffer.from("early"));
  await streams.end();
  void streams.connect("sh", ["-c", "cat; echo end >&2"]);
  expect(await read(streams)).toEqual({ stdout: "early", stderr: "end\n" });
});

test("a reader that comes after the command's end has missed nothing", async () => {
  const streams = new CommandStreams();
  await streams.connect("sh", ["-c", "echo late"]);
  expect((await read(streams)).stdout).toBe("late\n");
});

test("a command that nobody reads waits, and goes on when its streams are released, which keeps what it says, or finished, which does not", async () => {
  for (const [how, bytes] of [["release", 4_000_000], ["finish", 0]] as const) {
    const streams = new CommandStreams();
    let ended = false;
    const over = streams.connect("sh", ["-c", "yes | head -c 4000000"]).then(() => (ended = true));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(ended).toBe(false);
    streams[how]();
    await over;
    expect((await read(streams)).stdout.length).toBe(bytes);
  }
});

test("a command that waits for its reader goes on as soon as there is room, not only when all has been taken", async () => {
  const streams = new CommandStreams();
  const over = streams.connect("sh", ["-c", "head -c 1400000 /dev/zero"]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const reader = streams.output[Symbol.asyncIterator]();
  for (let taken = 0; taken < 600_000; taken += (await reader.next()).value!.bytes.length);
  await expect(over).resolves.toBeUndefined();
  await reader.return!();
});

test("connectUntil tells a command that has done its work from one that ended before", async () => {
  let looks = 0;
  const done = new CommandStreams();
  expect(await done.connectUntil("cat", [], () => Promise.resolve((looks += 1) === 2))).toBe(true);
  await done.close();
  expect(await new CommandStreams().connectUntil("false", [], () => Promise.resolve(false))).toBe(false);
});

test("a program that is not there ends the streams", async () => {
  const streams = new CommandStreams();
  await streams.connect("/no/such/program", []);
  expect(await read(streams)).toEqual({ stdout: "", stderr: "" });
});

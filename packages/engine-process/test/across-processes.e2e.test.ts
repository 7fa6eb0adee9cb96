import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "@distronode-runner/contract";
import { hostHere } from "@distronode-runner/engine-testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { processEngine } from "../src/index.ts";

const creators: ChildProcess[] = [];
let engine: Engine;
let name: string;

beforeEach(async () => {
  name = `across_${crypto.randomUUID()}`;
  engine = await processEngine.open({}, hostHere());
});
afterEach(async () => {
  for (const creator of creators.splice(0)) creator.kill("SIGKILL");
  for (const { id } of await engine.list({ test: name })) await engine.remove(id);
});

/** A job of another process; `killed`: which was killed then. */
async function jobOfAnother(command: string, killed: boolean): Promise<string> {
  const creator = spawn(process.execPath, ["--conditions=@distronode-runner/source", fileURLToPath(new URL("creator.ts", import.meta.url)), command, name], { stdio: ["ignore", "pipe", "inherit"] });
  creators.push(creator);
  const [said] = (await once(creator.stdout, "data")) as [Buffer];
  if (killed) {
    creator.kill("SIGKILL");
    await once(creator, "exit");
  }
  return said.toString().trim();
}

const phase = async (): Promise<unknown> => (await engine.list({ test: name })).map((job) => [job.id, job.name, job.phase]);
const record = (id: string): string => join(hostHere().runtimeDir, "host", `${id}.ndjson`);

test("a job goes on when its creator is killed; others find it, exec beside it, signal it and remove it, and nobody knows its exit code", async () => {
  const id = await jobOfAnother("echo ready; sleep 300", true);
  expect(await phase()).toEqual([[id, name, "running"]]);
  const session = await engine.exec(id, { command: ["sh", "-c", "printf %s \"$LEFT\""] });
  let said = "";
  for await (const { bytes } of session.output) said += Buffer.from(bytes).toString();
  expect([said, await session.wait()]).toEqual(["by the creator", 0]);
  const exit = engine.wait(id);
  await engine.signal(id, "SIGTERM");
  expect(await exit).toEqual({ exitCode: undefined, outOfMemory: false });
  expect(await phase()).toEqual([[id, name, "exited"]]);
  await engine.remove(id);
  expect(await phase()).toEqual([]);
});

test("removing a job whose creator was killed ends it and all that descends from it", async () => {
  const id = await jobOfAnother("setsid sleep 300 & echo ready; sleep 300", true);
  const { pid } = JSON.parse((await readFile(record(id), "utf8")).split("\n")[1]!).process as { readonly pid: number };
  await engine.remove(id);
  expect(await phase()).toEqual([]);
  expect(await readFile(`/proc/${pid}/stat`, "latin1").then((text) => text.includes(") Z "), () => true)).toBe(true);
});

test("a living creator writes down how its job ended", async () => {
  const id = await jobOfAnother("trap 'exit 7' TERM; sleep 300 & echo ready; wait", false);
  const exit = engine.wait(id);
  await engine.signal(id, "SIGTERM");
  expect((await exit).exitCode).toBe(7);
});

test("a job that was never started is over when its creator is gone", async () => {
  const id = await jobOfAnother("", true);
  expect(await phase()).toEqual([[id, name, "exited"]]);
  expect(await engine.wait(id)).toEqual({ exitCode: undefined, outOfMemory: false });
  await engine.remove(id);
  expect(await phase()).toEqual([]);
});

test("streams and start are the creator's", async () => {
  const id = await jobOfAnother("echo ready; sleep 300", false);
  await expect(engine.attach(id)).rejects.toMatchObject({ code: "ENGINE_INCOMPATIBLE" });
  await expect(engine.start(id)).rejects.toMatchObject({ code: "ENGINE_INCOMPATIBLE" });
});

test("another process that has the number of one that is gone is let alone", async () => {
  const id = await jobOfAnother("echo ready; sleep 300", true);
  const bystander = spawn("sleep", ["300"]);
  try {
    const lines = (await readFile(record(id), "utf8")).split("\n");
    const { process: real } = JSON.parse(lines[1]!) as { readonly process: { readonly pid: number; readonly started: string } };
    process.kill(real.pid, "SIGKILL");
    await writeFile(record(id), [lines[0], JSON.stringify({ process: { pid: bystander.pid, started: real.started === "1" ? "2" : "1" } }), ""].join("\n"));
    expect(await phase()).toEqual([[id, name, "exited"]]);
    await engine.signal(id, "SIGKILL");
    await engine.remove(id);
    expect([bystander.exitCode, bystander.signalCode, await phase()]).toEqual([null, null, []]);
  } finally {
    bystander.kill("SIGKILL");
  }
});

test("records are for this user's eyes only, and have no command in them", async () => {
  const id = await jobOfAnother("echo ready; sleep 300 # an argument", false);
  const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);
  expect([await mode(record(id)), await mode(hostHere().runtimeDir)]).toEqual(["600", "700"]);
  expect(await readFile(record(id), "utf8")).not.toContain("an argument");
});

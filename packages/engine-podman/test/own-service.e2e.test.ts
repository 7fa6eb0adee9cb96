import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { hostHere } from "@distronode-runner/engine-testkit";
import { describe, expect, test } from "vitest";
import { podman } from "../src/index.ts";

const named = (process.env["DISTRONODE_RUNNER_TEST_ENGINES"] ?? "").split(/[\s,]+/).includes("podman");

/** Processes that have this text in their command line, other than shells. */
async function processesWith(text: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.includes(`unix://${text}`) && !command.startsWith("/bin/sh")) found.push(Number(pid));
  }
  return found;
}

/** The shell that is a child of the process and keeps the service there. */
async function keepersOf(socket: string, parent: number): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
    if (command.includes(`unix://${socket}`) && stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] === String(parent)) found.push(Number(pid));
  }
  return found;
}

async function eventually(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (let count = 0; count < 100; count += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} did not come true.`);
}

const gone = (directory: string) => async (): Promise<boolean> => readdir(directory).then(() => false, () => true);

describe.skipIf(!named)("a podman service of our own (only with podman in DISTRONODE_RUNNER_TEST_ENGINES)", () => {
  const host = hostHere({ ...process.env, CONTAINER_HOST: undefined });

  test("ends with the engine, and its directory with it", async () => {
    const engine = await podman.open({}, host);
    const { endpoint } = await engine.info();
    expect(await processesWith(endpoint)).toHaveLength(1);
    await engine.close();
    expect(await processesWith(endpoint)).toHaveLength(0);
    expect(await gone(dirname(endpoint))()).toBe(true);
  }, 60_000);

  test("is started again when it was killed", async () => {
    const engine = await podman.open({}, host);
    const { endpoint } = await engine.info();
    for (const pid of await processesWith(endpoint)) process.kill(pid, "SIGKILL");
    await eventually("the end of the directory", gone(dirname(endpoint)));
    expect(await engine.list({ "distronode-runner.suite": "none" })).toEqual([]);
    await engine.close();
  }, 60_000);

  test.each([
    ["service", "is started again when it was killed a moment ago, and the process that uses it ends with its own code"],
    ["keeper", "goes, and its directory with it, when the shell that keeps it was killed; another takes its place"],
  ])("%s: %s", async (victim) => {
    const program = `
      const { podman } = await import(${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)});
      const { hostHere } = await import(${JSON.stringify(new URL("../../engine-testkit/src/host-here.ts", import.meta.url).href)});
      const engine = await podman.open({}, hostHere({ ...process.env, CONTAINER_HOST: undefined }));
      process.stdout.write((await engine.info()).endpoint + "\\n");
      await new Promise((resolve) => { process.stdin.once("data", resolve); process.stdin.once("data", () => process.stdin.unref()); });
      for (let turn = 0; turn < 3; turn += 1) await engine.list({ "distronode-runner.suite": "none" });
      await engine.close();
      process.exitCode = 7;
    `;
    const child = spawn(process.execPath, ["--conditions=@distronode-runner/source", "--input-type=module", "-e", program], { stdio: ["pipe", "pipe", "inherit"] });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const endpoint = await new Promise<string>((resolve) => child.stdout.once("data", (bytes: Buffer) => resolve(bytes.toString().trim())));
    const victims = victim === "service" ? await processesWith(endpoint) : await keepersOf(endpoint, child.pid!);
    expect(victims).toHaveLength(1);
    for (const pid of victims) process.kill(pid, "SIGKILL");
    child.stdin.write("go\n");
    expect(await ended).toBe(7);
    await eventually("the end of the directory", gone(dirname(endpoint)));
    expect(await processesWith(endpoint)).toHaveLength(0);
  }, 60_000);

  test("does not outlive a process that is killed", async () => {
    const program = `
      const { podman } = await import(${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)});
      const { hostHere } = await import(${JSON.stringify(new URL("../../engine-testkit/src/host-here.ts", import.meta.url).href)});
      const engine = await podman.open({}, hostHere({ ...process.env, CONTAINER_HOST: undefined }));
      console.log((await engine.info()).endpoint);
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ["--conditions=@distronode-runner/source", "--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    const endpoint = await new Promise<string>((resolve) => child.stdout.once("data", (bytes: Buffer) => resolve(bytes.toString().trim())));
    expect(await processesWith(endpoint)).toHaveLength(1);
    child.kill("SIGKILL");
    await eventually("the end of the directory", gone(dirname(endpoint)));
    expect(await processesWith(endpoint)).toHaveLength(0);
  }, 60_000);
});

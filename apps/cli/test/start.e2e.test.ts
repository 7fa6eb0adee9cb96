import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { processesWith, run, runIn, startIn } from "./support/command-line.ts";
import { makeDataDir } from "./support/data-dir.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await makeDataDir();
});
afterEach(async () => {
  await run("stop", dataDir);
  await nothingLeft();
  await rm(dataDir, { recursive: true, force: true });
});

const nothingLeft = (): Promise<void> => vi.waitUntil(() => processesWith(dataDir).length === 0, { timeout: 30_000 }).then(() => {});
const path = (name: string): string => join(dataDir, name);
const read = (name: string): Promise<string> => readFile(path(name), "utf8");
const pid = async (): Promise<number> => Number(await read("pid"));
const mode = (name: string): number => statSync(path(name)).mode & 0o777;
const ended = (): Promise<void> => vi.waitFor(() => expect(existsSync(path("pid"))).toBe(false), { timeout: 60_000, interval: 200 });

describe("start", () => {
  test("returns when the job is running in a session of its own; stop ends it, and is-alive tells [STA-08] [STA-11] [STA-12] [STA-13]", async () => {
    expect(await run("is-alive", dataDir)).toMatchObject({ code: 1, stdout: "", stderr: "" });
    expect(await run("start", dataDir, "-p", "wait.yml", "-i", "job")).toEqual({ code: 0, signal: null, stdout: "job\n", stderr: "" });
    expect(await read("pid")).toMatch(/^\d+\n$/);
    expect([mode("pid"), mode("daemon.log")]).toEqual([0o600, 0o600]);
    const id = await pid();
    expect(Number((await readFile(`/proc/${id}/stat`, "utf8")).split(") ")[1]!.split(" ")[3])).toBe(id);
    expect(await run("is-alive", dataDir, "-p", "ignored", "--debug")).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(await run("stop", dataDir, "-q")).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
    expect(processesWith(dataDir)).toEqual([]);
    expect([await read("artifacts/job/status"), await read("artifacts/job/rc")]).toEqual(["canceled", "254"]);
    expect(existsSync(path("pid"))).toBe(false);
    expect((await run("is-alive", dataDir)).code).toBe(1);
  });

  test("a job that ends by itself removes its pid file and keeps its output [STA-08] [STA-10]", async () => {
    await writeFile(path("daemon.log"), "old words\n", { mode: 0o644 });
    expect((await runIn({ cwd: path("project") }, "start", "..", "-p", "touch.yml", "-i", "job", "--artifact-dir", "../results")).code).toBe(0);
    await ended();
    expect([await read("results/job/status"), await read("results/job/stdout")]).toEqual(["successful", expect.stringContaining("Make a file")]);
    expect([await read("daemon.log"), mode("daemon.log")]).toEqual(["", 0o600]);
    expect(mode("project/made") & 0o077).toBe(0);
    expect(existsSync("/results")).toBe(false);
  });

  test("SIGTERM to the process cancels the job [STA-08]", async () => {
    await run("start", dataDir, "-p", "wait.yml", "-i", "job");
    process.kill(await pid(), "SIGTERM");
    await ended();
    expect(await read("artifacts/job/status")).toBe("canceled");
  });

  test("says what is refused, with its exit code, and leaves no pid file [STA-09]", async () => {
    expect(await run("start", dataDir, "-p", "none.yml")).toMatchObject({ code: 1, stderr: expect.stringContaining("The playbook none.yml does not exist") });
    const unknown = await run("start", dataDir, "-p", "site.yml", "--process-isolation", "--process-isolation-executable", "dokcer", "--container-image", "x");
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("[ENGINE_NOT_FOUND]") });
    expect((await run("start", dataDir, "-b", "/no/such/tool")).code).toBe(127);
    await vi.waitFor(() => expect(existsSync(path("pid"))).toBe(false), 60_000);
  });

  test("a second job waits its turn, and the first goes on [STA-09]", async () => {
    await run("start", dataDir, "-p", "wait.yml");
    const id = await pid();
    expect(await run("start", dataDir, "-p", "site.yml")).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Error: A job is running in .* already[^]*\[JOB_CONFLICT\]\n$/) });
    expect(await pid()).toBe(id);
    expect((await run("is-alive", dataDir)).code).toBe(0);
  });

  test.each([["a process that has gone", 4194303], ["a process that runs no job here", process.pid]])("a pid file of %s is replaced, with a note [STA-09]", async (_which, stale) => {
    await writeFile(path("pid"), `${stale}\n`);
    const { code, stderr } = await run("start", dataDir, "-p", "wait.yml");
    expect(code).toBe(0);
    expect(stderr.replaceAll(/\s+/g, " ")).toMatch(/^Warning: .* named process \d+, which runs no job here/);
    expect(await pid()).not.toBe(stale);
  });

  test("a failure of the runner is told in daemon.log [STA-15]", async () => {
    await run("start", dataDir, "-p", "wait.yml", "-i", "job");
    await rm(path("artifacts/job"), { recursive: true });
    process.kill(await pid(), "SIGTERM");
    await ended();
    expect(await read("daemon.log")).toMatch(/Error: .*\n[\s\S]*\[STORE_FAILED\]\n$/);
  });

  test("an interrupt while it waits cancels the job [STA-08]", async () => {
    await mkdir(path("bin"));
    await writeFile(path("bin/slow"), "#!/bin/sh\nsleep 60\n", { mode: 0o755 });
    const starting = startIn({}, "start", dataDir, "-b", path("bin/slow"));
    await vi.waitFor(() => expect(existsSync(path("pid"))).toBe(true), { timeout: 30_000, interval: 5 });
    starting.child.kill("SIGINT");
    const { code } = await starting.finished;
    // It may have come too late, when the job was running.
    expect([254, 0]).toContain(code);
  });
});

/** Engines that the caller asks to be tested; one that does not work fails its tests. */
const engines = (process.env["DISTRONODE_RUNNER_TEST_ENGINES"] ?? "").split(",").filter((name) => name !== "");
const image = process.env["DISTRONODE_RUNNER_TEST_IMAGE"] ?? "localhost/distronode-runner-ee:bookworm";

test.each(engines)("a job in a container of %s is stopped, and its container is gone [STA-12]", async (engine) => {
  const ident = `start-${engine}`;
  const containers = (): string => execFileSync(engine, ["ps", "--all", "--filter", `label=org.distronode.runner.ident=${ident}`, "--format", "{{.Names}}"], { encoding: "utf8" }).trim();
  expect(await run("start", dataDir, "-p", "wait.yml", "-i", ident, "--process-isolation", "--process-isolation-executable", engine, "--container-image", image)).toMatchObject({ code: 0, stderr: "" });
  expect(containers()).toBe(`distronode_runner_${ident}`);
  expect((await run("stop", dataDir)).code).toBe(0);
  expect([containers(), await read(`artifacts/${ident}/status`)]).toEqual(["", "canceled"]);
});

describe("stop and is-alive", () => {
  test("make nothing where nothing is [CLI-24]", async () => {
    expect(await run("stop", path("none"))).toMatchObject({ code: 1, stderr: expect.stringContaining("No job is running in the background in") });
    expect((await run("is-alive", path("none"))).code).toBe(1);
    expect(await readdir(dataDir)).toEqual(["inventory", "project", "roles"]);
  });

  test("read no named pipe that is the job's to read, and stop says twice what is", async () => {
    await mkdir(path("env"));
    for (const name of ["settings", "cmdline"]) execFileSync("mkfifo", [path(`env/${name}`)]);
    await writeFile(path("wait"), '#!/bin/sh\n[ "$1" = --told ] && exec sleep 63\n', { mode: 0o755 });
    const writers = Promise.all([writeFile(path("env/settings"), "cancel_grace: 2\n"), writeFile(path("env/cmdline"), "--told\n")]);
    expect(await run("start", dataDir, "-b", path("wait"), "-i", "job")).toMatchObject({ code: 0, stderr: "" });
    await writers;
    expect((await run("is-alive", dataDir)).code).toBe(0);
    expect(await run("stop", dataDir)).toMatchObject({ code: 0, stderr: "" });
    expect(await run("stop", dataDir)).toMatchObject({ code: 1, stderr: expect.stringContaining("No job is running in the background in") });
    expect(JSON.parse(await read("artifacts/job/record.json"))).toMatchObject({ status: "canceled", clocks: { grace: 2 } });
  });

  test("a process that is none of ours is left alone, and its pid file goes [STA-14]", async () => {
    await writeFile(path("pid"), `${process.pid}\n`);
    expect((await run("is-alive", dataDir)).code).toBe(1);
    expect(await run("stop", dataDir)).toMatchObject({ code: 0, stderr: expect.stringContaining(`process ${process.pid} is none of its runners`) });
    expect(existsSync(path("pid"))).toBe(false);
  });

  test("a pid file that holds none is a clear error [STA-14]", async () => {
    await writeFile(path("pid"), "soup\n");
    for (const command of ["stop", "is-alive"]) expect(await run(command, dataDir)).toMatchObject({ code: 1, stderr: expect.stringContaining("pid does not hold a process id.") });
    await rm(path("pid"));
  });

  test("a job that does not listen is killed, after its grace [STA-12]", async () => {
    await mkdir(path("env"));
    await writeFile(path("env/settings"), "cancel_grace: 1\n");
    await run("start", dataDir, "-p", "stubborn.yml", "-i", "job");
    await vi.waitFor(() => expect(processesWith(dataDir).join()).toContain("sleep"), 30_000);
    expect(await run("stop", dataDir)).toMatchObject({ code: 0, stderr: "" });
    expect(await read("artifacts/job/status")).toBe("canceled");
    await vi.waitFor(() => expect(processesWith(dataDir)).toEqual([]), 30_000);
  });
});

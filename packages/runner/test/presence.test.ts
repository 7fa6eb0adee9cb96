import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host } from "@distronode-runner/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { JobPlaces } from "../src/jobs/job-places.ts";
import { outOfReach, presenceOf } from "../src/jobs/presence.ts";
import { thisMachine } from "../src/jobs/this-machine.ts";
import { leaveMark, readMark, removeMark, type RunnerMark } from "../src/jobs/runner-mark.ts";

let root: string;
let artifacts: string;
let server: Server | undefined;
const host = (): Host => ({ runtimeDir: join(root, "runtime"), hostname: "here", pid: process.pid, uid: process.getuid!() }) as Host;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "presence-"));
  artifacts = join(root, "artifacts");
  await mkdir(artifacts);
});
afterEach(async () => {
  server?.close();
  server = undefined;
  await rm(root, { recursive: true, force: true });
});

/** The mark of this process, changed. */
async function marked(change: Partial<RunnerMark> = {}): Promise<void> {
  await leaveMark(artifacts, host(), "job-1", join(root, "job.sock"));
  await writeFile(join(artifacts, "runner.json"), JSON.stringify({ ...(await readMark(artifacts)), ...change }));
}

async function answering(jobId: string): Promise<void> {
  server = createServer((socket) => void socket.end(`${JSON.stringify({ jobId, status: "running" })}\n`));
  await new Promise<void>((resolve) => server!.listen(join(root, "job.sock"), resolve));
}

const is = async (): Promise<string> => (await presenceOf(artifacts)).is;

test("a runner that answers at the socket that the artifacts name is alive, whatever runtime directory is asked from", async () => {
  await marked({ processes: "another namespace" });
  await answering("job-1");
  expect(await presenceOf(artifacts)).toMatchObject({ is: "alive", report: { jobId: "job-1" } });
});

test("a runner whose process lives is alive though it does not answer; one whose process has gone is gone", async () => {
  await marked();
  expect(await is()).toBe("alive");
  await marked({ started: "1" });
  expect(await is()).toBe("gone");
  await answering("another job");
  expect(await is()).toBe("gone");
});

test("a process of another namespace or of another machine is unknown, one of this machine before it was started anew is gone", async () => {
  await marked({ processes: "pid:[1]" });
  expect(await is()).toBe("unknown");
  await marked({ boot: "another", machine: "another" });
  expect(await is()).toBe("unknown");
  await marked({ boot: "another", machine: "" });
  expect(await is()).toBe("unknown");
  const { machine } = thisMachine();
  await marked({ boot: "another" });
  expect(await is()).toBe(machine === "" ? "unknown" : "gone");
});

test("what cannot be reached says where it is, and what was left in another runtime directory says which", async () => {
  await marked({ processes: "pid:[1]" });
  expect(outOfReach("j", await presenceOf(artifacts), join(root, "runtime"))).toMatchObject({ code: "JOB_CONFLICT", message: expect.stringContaining(`process ${process.pid} on here`) as string });
  await marked({ started: "1" });
  expect(outOfReach("j", await presenceOf(artifacts), join(root, "runtime"))).toBeUndefined();
  expect(outOfReach("j", await presenceOf(artifacts), "/another")).toMatchObject({ code: "JOB_CONFLICT", hint: expect.stringContaining(`DISTRONODE_RUNNER_RUNTIME_DIR=${join(root, "runtime")}`) as string });
});

test("a mark that is none, or a link, is none; and only the runner's own is removed", async () => {
  for (const text of ["", "{", "null", "[]", '{"version":2}']) {
    await writeFile(join(artifacts, "runner.json"), text);
    expect(await is(), text).toBe("gone");
  }
  await rm(join(artifacts, "runner.json"));
  await writeFile(join(root, "elsewhere"), "kept");
  await symlink(join(root, "elsewhere"), join(artifacts, "runner.json"));
  expect(await is()).toBe("gone");
  await leaveMark(artifacts, host(), "job-1", "/s");
  expect(await readFile(join(root, "elsewhere"), "utf8")).toBe("kept");
  await removeMark(artifacts, { pid: process.ppid });
  expect(await readdir(artifacts)).toEqual(["runner.json"]);
  await removeMark(artifacts, host());
  expect(await readdir(artifacts)).toEqual([]);
});

test("two runtime directories of one path have different identities, one has the same for all who ask, and asking makes none", async () => {
  const places = new JobPlaces(host());
  expect(await places.knownIdentity()).toBeUndefined();
  expect(await readdir(root)).not.toContain("runtime");
  const all = await Promise.all(Array.from({ length: 8 }, () => new JobPlaces(host()).identity()));
  expect(new Set(all).size).toBe(1);
  expect(await places.knownIdentity()).toBe(all[0]);
  await rm(join(root, "runtime"), { recursive: true });
  expect(await places.identity()).not.toBe(all[0]);
  expect((await readdir(join(root, "runtime"))).sort()).toEqual(["control", "id", "jobs"]);
});

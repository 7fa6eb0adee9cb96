import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerSpec, Host } from "@distronode-runner/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { killTree } from "../src/descendants.ts";
import { leaveGroup, makeGroup } from "../src/job-group.ts";
import { JobProcess } from "../src/job-process.ts";

const able = ((): boolean => {
  const path = makeGroup(randomUUID());
  if (path !== undefined) void leaveGroup(path);
  return path !== undefined;
})();

let dir: string;
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), "job-group-"))));
afterEach(() => rm(dir, { recursive: true, force: true }));

const size = (): Promise<number> => stat(join(dir, "beat")).then((file) => file.size, () => 0);

async function begin(script: string): Promise<{ readonly job: JobProcess; readonly pid: number; readonly group: string | undefined }> {
  const spec = { name: "x", image: "host", labels: {}, environment: {}, mounts: [], command: ["/bin/sh", "-c", 'read line; read line; exec "$0" -c "$1"', "/usr/bin/python3", script], workdir: dir } as unknown as ContainerSpec;
  let known: { pid: number; group: string | undefined } | undefined;
  const job = new JobProcess(spec, { environment: process.env } as unknown as Host, { spawned: (pid, group) => void (known = { pid, group }) }, randomUUID());
  const streams = job.attach();
  await job.start();
  await streams.write(Buffer.from("program\n"));
  await streams.write(Buffer.from("go\n"));
  return { job, ...known! };
}

const chain = `
import os
def beat():
    fd = os.open("beat", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(fd, b"x" * 10)
    os.close(fd)
for _ in range(3):
    if os.fork() == 0:
        while True:
            beat()
            if os.fork():
                os._exit(0)
            os.setsid()
import time
time.sleep(600)
`;

describe.runIf(able)("a job with a control group", () => {
  test("dies as a whole, also what has no parent any more and is never twice the same process", async () => {
    const { job, pid, group } = await begin(chain);
    await expect.poll(size, { timeout: 30_000 }).toBeGreaterThan(100);
    process.kill(pid, "SIGKILL");
    await job.exit;
    await job.signal("SIGKILL");
    const before = await size();
    await sleep(500);
    expect(await size()).toBe(before);
    await job.stop();
    expect(existsSync(group!)).toBe(false);
  });

  test("leaves what it has left on purpose when it ends by itself, and no group", async () => {
    const { job, group } = await begin('import os, time\nif os.fork() == 0:\n    os.setsid()\n    open("pid", "w").write(str(os.getpid()))\n    time.sleep(600)\nwhile not os.path.exists("pid") or not os.path.getsize("pid"):\n    time.sleep(0.01)\n');
    await job.exit;
    await job.stop();
    expect(existsSync(group!)).toBe(false);
    const daemon = Number(readFileSync(join(dir, "pid"), "utf8"));
    expect(() => process.kill(daemon, 0)).not.toThrow();
    process.kill(daemon, "SIGKILL");
  });
});

test("without a group, what has forked away comes back to the first process and is found there", async () => {
  const adopting = `import ctypes\nctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\n${chain}`;
  const { job, pid } = await begin(adopting);
  await expect.poll(size, { timeout: 30_000 }).toBeGreaterThan(100);
  killTree(pid);
  await job.exit;
  const before = await size();
  await sleep(500);
  const after = await size();
  await job.stop();
  expect(after).toBe(before);
});

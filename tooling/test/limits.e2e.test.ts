import { readdir, rm } from "node:fs/promises";
import { createStandardRunner } from "@distronode-runner/standard";
import { describe, expect, test } from "vitest";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { engines, isolation } from "../scenarios/executions.ts";

/** What a command prints in a container with these options, and how the job ends. */
async function inside(engine: string, containerOptions: readonly string[], script: string) {
  const dataDir = await makeDataDir({ "project/.keep": "" });
  const runner = createStandardRunner();
  try {
    const job = await runner.start({ privateDataDir: dataDir, command: ["python3", "-c", script], ...isolation(engine), containerOptions: [...containerOptions] });
    const { status, rc, error } = await job.result;
    return { status, rc, error, stdout: await job.stdout() };
  } finally {
    await runner.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

describe.each(engines)("a job on %s", (engine) => {
  test("that runs out of its memory says so, whether its tool is killed or a process of the tool", async () => {
    const options = ["--memory=96m"];
    const killed = await inside(engine, options, "x = bytearray(400 << 20)");
    expect(killed).toMatchObject({ status: "failed", rc: 137, error: { code: "OUT_OF_MEMORY", message: expect.stringContaining("96 MiB") } });
    const child = await inside(engine, options, "import subprocess, sys; sys.exit(7 if subprocess.run([sys.executable, '-c', 'x = bytearray(400 << 20)']).returncode == -9 else 0)");
    expect(child).toMatchObject({ status: "failed", rc: 7, error: { code: "OUT_OF_MEMORY" } });
    expect((await inside(engine, options, "import sys; sys.exit(3)")).error, "one that fails for another reason").toBeUndefined();
    for (const directory of ["/", process.cwd()]) expect(await readdir(directory)).not.toContain("oom");
  });

  test("has the processors, processes, memory file systems, network, host names and root file system that its options give it", async () => {
    const options = ["--pids-limit=40", "--cpus=0.5", "--tmpfs=/scratch:rw,size=1m", "--network=none", "--add-host=db:192.0.2.1", "--hostname=worker", "--read-only"];
    const script = [
      "import os, socket",
      "first = lambda *paths: next(open(p).read().strip() for p in paths if os.path.exists(p))",
      "print('pids', first('/sys/fs/cgroup/pids.max', '/sys/fs/cgroup/pids/pids.max'))",
      "print('cpu', first('/sys/fs/cgroup/cpu.max', '/sys/fs/cgroup/cpu/cpu.cfs_quota_us').split()[0])",
      "s = os.statvfs('/scratch'); print('scratch', s.f_blocks * s.f_frsize)",
      "print('net', sorted(os.listdir('/sys/class/net')))",
      "print('db', socket.gethostbyname('db'), socket.gethostname())",
      "try: open('/etc/x', 'w')",
      "except OSError as e: print('root', e.strerror)",
      "open('/runner/written', 'w').close()",
    ].join("\n");
    const { rc, stdout } = await inside(engine, options, script);
    expect(rc, stdout).toBe(0);
    expect(stdout).toContain("pids 40\n");
    expect(stdout).toContain("cpu 50000\n");
    expect(stdout).toContain("scratch 1048576\n");
    expect(stdout).toContain("net ['lo']\n");
    expect(stdout).toContain("db 192.0.2.1 worker\n");
    expect(stdout).toContain("root Read-only file system\n");
  });
});

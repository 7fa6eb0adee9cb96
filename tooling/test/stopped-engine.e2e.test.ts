import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { descendants } from "../faults/victims.ts";
import { runCli, startCli } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { containersOf, engineCli } from "../scenarios/engine-cli.ts";
import { engines, image } from "../scenarios/executions.ts";

// A service that was stopped, or is lost behind a network, closes no connection and refuses none. Bounds here only prove "not for ever".

let dataDir: string;
let runtimeDir: string;
beforeEach(async () => {
  dataDir = await makeDataDir({ "project/pause.yml": "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - name: Wait\n      ansible.builtin.pause: {seconds: 600}\n", "env/settings": "cancel_grace: 1\n" });
  runtimeDir = await mkdtemp(join(tmpdir(), "stopped-engine-"));
});
afterEach(async () => {
  for (const path of [dataDir, runtimeDir]) await rm(path, { recursive: true, force: true });
});

/** Podman's service that a process has started, without the shells that keep it. */
function servicesOf(runner: number): readonly number[] {
  return descendants(runner).filter(({ command }) => /^[^\0]*podman\0system\0service/.test(command)).map(({ pid }) => pid);
}

describe.runIf(engines.includes("podman"))("a podman service that is stopped", () => {
  test("keeps nobody: the second interrupt ends the command, which says what it leaves, and doctor settles that", async () => {
    const ident = "stopped-service";
    const environment = { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir, CONTAINER_HOST: "" };
    const job = startCli(["run", dataDir, "-p", "pause.yml", "-i", ident, "--process-isolation", "--process-isolation-executable", "podman", "--container-image", image], environment);
    await job.shows("TASK [Wait]");
    const services = servicesOf(job.child.pid!);
    expect(services).toHaveLength(1);
    for (const pid of services) process.kill(pid, "SIGSTOP");
    job.child.kill("SIGINT");
    await sleep(500);
    job.child.kill("SIGINT");
    const { exitCode, stderr } = await job.finished;
    expect(exitCode, stderr).toBe(254);
    expect(stderr).toContain(`its container distronode_runner_${ident} in podman`);
    expect(stderr).toContain("doctor --fix");
    // The supervisor ends the job when its runner has not come back.
    await expect.poll(() => runCli(["doctor", "--fix"], environment).then(() => containersOf("podman", ident)), { timeout: 120_000, interval: 2000 }).toEqual([]);
    expect(await readFile(join(dataDir, "artifacts", ident, "status"), "utf8")).toMatch(/^(canceled|error)$/);
  });
});

test.runIf(engines.includes("podman"))("a podman service that is stopped for a while, and goes on, has lost nothing of a job", async () => {
  const ident = "interrupted-service";
  const data = await makeDataDir({ "project/site.yml": "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - name: Wait\n      command: sleep 3\n    - name: Say\n      debug: {msg: said afterwards}\n" });
  try {
    const job = startCli(["run", data, "-p", "site.yml", "-i", ident, "--process-isolation", "--process-isolation-executable", "podman", "--container-image", image], { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir, CONTAINER_HOST: "" });
    await job.shows("TASK [Wait]");
    const services = servicesOf(job.child.pid!);
    expect(services).toHaveLength(1);
    for (const pid of services) process.kill(pid, "SIGSTOP");
    // Longer than the silence after which the engine is asked, and shorter than it may take to answer.
    await sleep(20_000);
    for (const pid of services) process.kill(pid, "SIGCONT");
    const { exitCode, stdout, stderr } = await job.finished;
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("said afterwards");
    expect(await readFile(join(data, "artifacts", ident, "status"), "utf8")).toBe("successful");
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});

describe.runIf(engines.includes("docker"))("an address where all is swallowed", () => {
  let hole: Server;
  const swallowed = new Set<Socket>();
  beforeEach(async () => {
    hole = createServer((socket) => void swallowed.add(socket.on("error", () => {})));
    await new Promise<void>((resolve) => hole.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    for (const socket of swallowed) socket.destroy();
    await new Promise((resolve) => hole.close(resolve));
  });

  test("is an engine that does not answer, and no reason to wait for ever", async () => {
    const address = `tcp://127.0.0.1:${(hole.address() as AddressInfo).port}`;
    const { exitCode, stderr } = await runCli(["run", dataDir, "-p", "pause.yml", "--process-isolation", "--process-isolation-executable", "docker", "--container-image", image], { DOCKER_HOST: address, DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir });
    expect([exitCode, stderr]).toEqual([expect.any(Number), expect.stringContaining("The engine docker does not answer")]);
    expect(stderr).toMatch(/\[ENGINE_(NOT_FOUND|UNAVAILABLE)\]/);
  });
});

describe.each(engines)("an image on %s whose entrypoint swallows the command", (engine) => {
  const reference = "localhost/distronode-runner-swallows:1";
  beforeEach(
    () =>
      new Promise<void>((resolve, reject) => {
        const child = execFile(engine, ["build", "--tag", reference, "-"], (error, _stdout, stderr) => (error === null ? resolve() : reject(new Error(stderr))));
        // Of the words that follow it runs the first alone.
        child.stdin!.end(`FROM ${image}\nENTRYPOINT ["/bin/sh", "-c"]\n`);
      }),
  );
  afterEach(async () => void (await engineCli(engine, "rmi", "--force", reference)));

  test("ends the job when the time for its start is over, and says so", async () => {
    const ident = `swallowed-${engine}`;
    const settings = await makeDataDir({ "project/site.yml": "- hosts: localhost\n  tasks: []\n", "env/settings": "job_timeout: 5\nstart_timeout: 3\n" });
    try {
      const { exitCode, stderr } = await runCli(["run", settings, "-p", "site.yml", "-i", ident, "--process-isolation", "--process-isolation-executable", engine, "--container-image", reference], { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir });
      expect([exitCode, stderr]).toEqual([126, expect.stringContaining("did not answer within 3 s")]);
      expect(stderr).toContain("[IMAGE_UNSUITABLE]");
      expect(await readFile(join(settings, "artifacts", ident, "status"), "utf8")).toBe("error");
      expect(await containersOf(engine, ident)).toEqual([]);
    } finally {
      await rm(settings, { recursive: true, force: true });
    }
  });
});

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli, startCli, type Finished } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { containersOf } from "../scenarios/engine-cli.ts";
import { engines, executions, image } from "../scenarios/executions.ts";

// The command that cancels is another process than the one that runs the job.

let dataDir: string;
let runtimeDir: string;
beforeAll(async () => {
  dataDir = await makeDataDir({ "project/wait.yml": "- hosts: localhost\n  gather_facts: false\n  tasks: [{name: Wait, wait_for: {timeout: 600}}]\n", "env/settings": "cancel_grace: 3\n" });
  runtimeDir = await mkdtemp(join(tmpdir(), "distronode-runtime-"));
});
afterAll(async () => {
  await rm(dataDir, { recursive: true, force: true });
  await rm(runtimeDir, { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({ DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir });
const cancel = (ident: string): Promise<Finished> => runCli(["cancel", ident], environment());
const known = async (ident: string): Promise<boolean> => (await runCli(["ps", "--json"], environment())).stdout.includes(`"${ident}"`);
const statusOf = (ident: string): Promise<string> => readFile(join(dataDir, "artifacts", ident, "status"), "utf8");

/** A registry that takes every call and answers none. */
async function silentRegistry(): Promise<{ readonly server: Server; readonly address: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on("error", () => {})));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    server,
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe.each(engines)("a job on %s", (engine) => {
  test("is canceled while its image is being fetched, and no container is left", async () => {
    const ident = `cancel-pull-${engine}`;
    const registry = await silentRegistry();
    try {
      const job = startCli(["run", dataDir, "-p", "wait.yml", "-i", ident, "--process-isolation", "--process-isolation-executable", engine, "--container-image", `${registry.address}/team/image:1`], environment());
      await expect.poll(() => known(ident), { timeout: 60_000, interval: 200 }).toBe(true);
      expect(await cancel(ident)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("canceled") as string });
      expect((await job.finished).exitCode).toBe(254);
      expect(await statusOf(ident)).toBe("canceled");
      expect(await containersOf(engine, ident)).toEqual([]);
    } finally {
      registry.close();
    }
  });
});

describe.each(executions)("a job on %s", (execution) => {
  const where = execution === "host" ? [] : ["--process-isolation", "--process-isolation-executable", execution, "--container-image", image];

  test("is canceled as soon as it is known, whatever it is just doing, and by two at once", async () => {
    const ident = `cancel-early-${execution}`;
    const job = startCli(["run", dataDir, "-p", "wait.yml", "-i", ident, ...where], environment());
    await expect.poll(() => known(ident), { timeout: 60_000, interval: 50 }).toBe(true);
    const [one, other] = await Promise.all([cancel(ident), cancel(ident)]);
    expect([one.exitCode, other.exitCode], `${one.stderr}${other.stderr}`).toEqual([0, 0]);
    expect((await job.finished).exitCode).toBe(254);
    expect(await statusOf(ident)).toBe("canceled");
    if (execution !== "host") expect(await containersOf(execution, ident)).toEqual([]);
  });
});

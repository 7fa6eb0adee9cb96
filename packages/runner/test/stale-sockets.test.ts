import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerSummary, Engine, Host } from "@distronode-runner/contract";
import { runtimeLabel } from "@distronode-runner/core";
import { expect, test } from "vitest";
import { JobFinder } from "../src/jobs/job-finder.ts";
import { JobPlaces } from "../src/jobs/job-places.ts";

test("control sockets of killed runners go when nothing of their jobs is left", async () => {
  const runtimeDir = await mkdtemp(join(tmpdir(), "stale-"));
  const host = { runtimeDir, hostname: "here", now: () => 0 } as Host;
  const labels = { [runtimeLabel]: `${runtimeDir} id`, "org.distronode.runner.job": "has-container" };
  const container = { id: "1", name: "one", phase: "running", labels, image: "x" } as ContainerSummary;
  const places = new JobPlaces(host);
  const server = createServer((socket) => void socket.end(`${JSON.stringify({ jobId: "alive", status: "running" })}\n`));
  try {
    await mkdir(join(runtimeDir, "control"), { recursive: true });
    await writeFile(join(runtimeDir, "id"), "id");
    // Nobody listens at a file either.
    for (const id of ["dead", "young", "has-container"]) await writeFile(places.socketOf(id), "");
    await new Promise<void>((resolve) => server.listen(places.socketOf("alive"), resolve));
    for (const id of ["dead", "has-container", "alive"]) await utimes(places.socketOf(id), 0, 0);
    await new JobFinder(places, host, () => Promise.resolve([{ list: () => Promise.resolve([container]) } as unknown as Engine])).forgetStaleSockets();
    expect((await readdir(join(runtimeDir, "control"))).sort()).toEqual(["alive.sock", "has-container.sock", "young.sock"]);
  } finally {
    server.close();
    await rm(runtimeDir, { recursive: true, force: true });
  }
});

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { EngineReport } from "@distronode-runner/contract";
import { engineSuite, hostHere, scripts } from "@distronode-runner/engine-testkit";
import { describe, expect, test } from "vitest";
import dockerCli from "../../../examples/engine-docker-cli/engine.ts";

const image = process.env["DISTRONODE_RUNNER_TEST_IMAGE"] ?? "localhost/distronode-runner-ee:bookworm";
const file = fileURLToPath(new URL("../../../examples/engine-docker-cli/engine.ts", import.meta.url));
const script = fileURLToPath(new URL("../../../apps/cli/bin/dev.js", import.meta.url));

const commandLine = (...words: string[]): Promise<{ readonly stdout: string }> =>
  promisify(execFile)(process.execPath, ["--conditions=@distronode-runner/source", script, ...words], { env: { ...process.env, DISTRONODE_RUNNER_ENGINES: file } });

const engines = (process.env["DISTRONODE_RUNNER_TEST_ENGINES"] ?? "").split(",");

if (engines.includes("podman")) {
  test("the example runs a job with podman as its program, which has no server to ask for a version", async () => {
    expect(await dockerCli.detect({ program: "podman" }, hostHere())).toMatchObject({ usable: true, info: { version: expect.stringMatching(/^\d+\.\d+/) as string, os: "linux", architecture: expect.stringMatching(/\w/) as string } });
    const dataDir = await mkdtemp(join(tmpdir(), "distronode-example-"));
    try {
      await mkdir(join(dataDir, "env"));
      await writeFile(join(dataDir, "env/settings"), "engines: {docker-cli: {program: podman}}\n");
      const { stdout } = await commandLine("run", dataDir, "-m", "command", "-a", "echo from the example", "--hosts", "localhost", "--process-isolation", "--process-isolation-executable", "docker-cli", "--container-image", image);
      expect(stdout).toContain("from the example");
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
}

if (engines.includes("docker")) {
  describe("the engine of examples/engine-docker-cli", () => {
    engineSuite({ test: (name, run) => test(name, run, 200_000), describe: describe.concurrent, open: () => dockerCli.open({}, hostHere()), image, script: scripts.posixShell, deadline: 180_000, load: { rounds: 4, atOnce: 8 } });

    test("the command line lists it, and runs a job in it, when the environment names its file", async () => {
      const listed = JSON.parse((await commandLine("engines", "--json")).stdout) as EngineReport[];
      expect(listed.find(({ name }) => name === "docker-cli")).toMatchObject({ usable: true, containers: true, endpoint: "docker", supports: { sharedDisk: true, images: false } });
      const dataDir = await mkdtemp(join(tmpdir(), "distronode-example-"));
      try {
        const { stdout } = await commandLine("run", dataDir, "-m", "command", "-a", "echo from the example", "--hosts", "localhost", "--process-isolation", "--process-isolation-executable", "docker-cli", "--container-image", image);
        expect(stdout).toContain("from the example");
      } finally {
        await rm(dataDir, { recursive: true, force: true });
      }
    });
  });
} else {
  test("without an engine the example says why it can not be used", async () => {
    expect(await dockerCli.detect({ program: "/no/such/program" }, hostHere())).toMatchObject({ usable: false, reason: expect.stringContaining("/no/such/program") as string });
  });
}

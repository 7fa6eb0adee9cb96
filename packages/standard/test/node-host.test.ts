import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { nodeHost } from "../src/index.ts";

afterEach(() => vi.unstubAllEnvs());

test("the runtime directory is the one named, else the user's own of the system if it is there, else another one", async () => {
  const system = await mkdtemp(join(tmpdir(), "runtime-"));
  vi.stubEnv("DISTRONODE_RUNNER_RUNTIME_DIR", "/named");
  vi.stubEnv("XDG_RUNTIME_DIR", system);
  expect(nodeHost().runtimeDir).toBe("/named");
  vi.stubEnv("DISTRONODE_RUNNER_RUNTIME_DIR", undefined);
  expect(nodeHost().runtimeDir).toBe(join(system, "distronode-runner"));
  await rm(system, { recursive: true });
  expect(nodeHost().runtimeDir).not.toContain(system);
});

test("jobs on this machine do not inherit the server's token", () => {
  vi.stubEnv("DISTRONODE_RUNNER_TOKEN", "s3cret");
  vi.stubEnv("OTHER", "kept");
  expect(nodeHost().environment).toMatchObject({ OTHER: "kept" });
  expect(Object.values(nodeHost().environment)).not.toContain("s3cret");
});

test.runIf(process.getuid?.() === 0)("the system's directory for another user, which su and sudo -E leave in the environment, counts for nothing", async () => {
  const foreign = await mkdtemp(join(tmpdir(), "runtime-"));
  await chown(foreign, 54301, 54301);
  vi.stubEnv("DISTRONODE_RUNNER_RUNTIME_DIR", undefined);
  vi.stubEnv("XDG_RUNTIME_DIR", foreign);
  expect(nodeHost().environment).not.toHaveProperty("XDG_RUNTIME_DIR");
  expect(nodeHost().runtimeDir).not.toContain(foreign);
  await rm(foreign, { recursive: true });
});

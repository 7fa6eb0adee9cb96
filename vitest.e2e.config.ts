import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// Tests that start the automation tool or a container engine: slow, so that two files run side by side. No two use the same name in an engine, and
// none is about time.
export default defineConfig({
  ssr: { resolve: { conditions: ["@distronode-runner/source", "node", "module", "default"] } },
  test: {
    include: ["{packages,apps}/*/test/**/*.e2e.test.ts", "tooling/test/**/*.e2e.test.ts", "scenarios/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    environment: "node",
    env: { DISTRONODE_RUNNER_RUNTIME_DIR: join(tmpdir(), `distronode-runner-tests-${process.getuid?.() ?? 0}`) },
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    passWithNoTests: true,
  },
});

import { defineConfig } from "vitest/config";

// Tests that start the automation tool or a container engine: slow, and one file at a time so that they do not
// compete for the machine or for names in an engine.
export default defineConfig({
  ssr: { resolve: { conditions: ["@distronode-runner/source", "node", "module", "default"] } },
  test: {
    include: ["{packages,apps}/*/test/**/*.e2e.test.ts", "tooling/test/**/*.e2e.test.ts", "scenarios/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    environment: "node",
    pool: "forks",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    passWithNoTests: true,
  },
});

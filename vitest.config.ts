import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// Packages are read from their sources, so nothing has to be built before the tests run.
export default defineConfig({
  ssr: { resolve: { conditions: ["@distronode-runner/source", "node", "module", "default"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "tooling/test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/*.e2e.test.ts"],
    environment: "node",
    // No test is about time; this only ends what hangs.
    testTimeout: 60_000,
    env: { DISTRONODE_RUNNER_RUNTIME_DIR: join(tmpdir(), `distronode-runner-tests-${process.getuid?.() ?? 0}`) },
    // No test leaves anything behind in its process, so one process serves many files: a third of the time.
    isolate: false,
    // They wait more than they compute.
    maxWorkers: 4,
    passWithNoTests: true,
  },
});

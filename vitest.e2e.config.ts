import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take minutes, longest first: begun last, one of them would run alone at the end. */
const long = ["differential", "scenarios", "versions", "stdout", "hostile/files", "hostile/races", "hostile/amounts", "engine-docker/test/conformance", "engine-example/conformance", "registry", "memory", "events", "cli", "cancel", "start", "peer", "prompts-and-keys", "ownership"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = long.findIndex((name) => moduleId.endsWith(`/${name}.e2e.test.ts`));
      return found === -1 ? long.length : found;
    };
    return files.toSorted((a, b) => place(a) - place(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

// Tests that start the automation tool or a container engine: slow, so that files run side by side. They wait for a third of their time, so that there is one
// more than the two cores of a small machine. No two use the same name in an engine, and none is about time.
export default defineConfig({
  ssr: { resolve: { conditions: ["@distronode-runner/source", "node", "module", "default"] } },
  test: {
    include: ["{packages,apps}/*/test/**/*.e2e.test.ts", "tooling/test/**/*.e2e.test.ts", "scenarios/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    environment: "node",
    env: { DISTRONODE_RUNNER_RUNTIME_DIR: join(tmpdir(), `distronode-runner-tests-${process.getuid?.() ?? 0}`) },
    pool: "forks",
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 240_000,
    hookTimeout: 240_000,
    teardownTimeout: 30_000,
    passWithNoTests: true,
  },
});

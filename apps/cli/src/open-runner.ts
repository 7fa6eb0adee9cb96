import type { Runner } from "@distronode-runner/contract";

/** The runner of a normal installation. Loaded here and not at the top, so that `--help` and a typing mistake are answered at once. */
export async function openRunner(): Promise<Runner> {
  const { createStandardRunner } = await import("@distronode-runner/standard");
  return createStandardRunner();
}

/** Opens a runner, uses it, and closes it whatever happens. */
export async function withRunner<T>(use: (runner: Runner) => Promise<T>): Promise<T> {
  const runner = await openRunner();
  try {
    return await use(runner);
  } finally {
    await runner.close();
  }
}

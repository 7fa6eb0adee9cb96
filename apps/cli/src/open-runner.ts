import type { Runner } from "@distronode-runner/contract";

/** The runner of a normal installation. Loaded here and not at the top, so that `--help` and a typing mistake are answered at once. */
export async function openRunner(cwd?: string): Promise<Runner> {
  const { createStandardRunner, nodeHost } = await import("@distronode-runner/standard");
  return createStandardRunner(cwd === undefined ? {} : { host: { ...nodeHost(), cwd } });
}

/** Opens a runner, uses it, and closes it whatever happens. `cwd`: what relative paths are relative to, unless that is where this process is. */
export async function withRunner<T>(use: (runner: Runner) => Promise<T>, cwd?: string): Promise<T> {
  const runner = await openRunner(cwd);
  try {
    return await use(runner);
  } finally {
    await runner.close();
  }
}

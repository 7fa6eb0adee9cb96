import type { Runner } from "@distronode-runner/contract";

/**
 * The runner of a normal installation, with the engines and event sinks that the environment names. Loaded here and not at the top, so that `--help` and a typing
 * mistake are answered at once.
 */
export async function openRunner(cwd?: string): Promise<Runner> {
  const { createStandardRunner, loadEngines, loadSinks, namedEngines, namedSinks, nodeHost, standardParts } = await import("@distronode-runner/standard");
  const host = cwd === undefined ? nodeHost() : { ...nodeHost(), cwd };
  const [engines, sinks] = await Promise.all([loadEngines(namedEngines(host.environment), host.cwd), loadSinks(namedSinks(host.environment), host.cwd)]);
  const parts = standardParts(host);
  return createStandardRunner({ host, engines: [...parts.engines, ...engines], sinks: [...(parts.sinks ?? []), ...sinks] });
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

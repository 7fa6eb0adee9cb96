import type { Runner } from "@distronode-runner/contract";
import { modestHeap } from "./modest-heap.ts";
import { pluginsDirectory } from "./plugins-directory.ts";

/**
 * The runner of a normal installation, with the engines that the environment names or that were installed for this user, and the event sinks that the
 * environment names. Loaded here and not at the top, so that `--help` and a typing
 * mistake are answered at once.
 */
export async function openRunner(cwd?: string): Promise<Runner> {
  modestHeap();
  const { createStandardRunner, enginesOfEnvironment, installedEngines, loadSinks, namedSinks, nodeHost, standardParts } = await import("@distronode-runner/standard");
  const host = cwd === undefined ? nodeHost() : { ...nodeHost(), cwd };
  const [named, installed, sinks] = await Promise.all([enginesOfEnvironment(host.environment, host.cwd), installedEngines(pluginsDirectory(host)), loadSinks(namedSinks(host.environment), host.cwd)]);
  const parts = standardParts(host);
  return createStandardRunner({ host, engineModules: [...named, ...installed], sinks: [...(parts.sinks ?? []), ...sinks] });
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

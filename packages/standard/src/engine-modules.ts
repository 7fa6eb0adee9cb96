import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { asRunnerError, RunnerError, type EnginePlugin } from "@distronode-runner/contract";
import type { EngineModule } from "@distronode-runner/runner";
import { loadPlugins, namedModules, type PluginKind } from "./load-plugins.ts";

const engines: PluginKind<EnginePlugin<never>> = {
  noun: "engine",
  variable: "DISTRONODE_RUNNER_ENGINES",
  guide: "docs/write-an-engine.md",
  is(value): value is EnginePlugin<never> {
    const plugin = value as Partial<EnginePlugin> | null;
    return (
      typeof plugin === "object" && plugin !== null && typeof plugin.contract === "number" && typeof plugin.name === "string" && typeof plugin.settingsSchema === "object" && typeof plugin.detect === "function" && typeof plugin.open === "function"
    );
  },
};

/** Engines of packages and files that somebody named; see `loadPlugins`. `place`: the environment variable or setting that names them. */
export function namedEngines(names: readonly string[], directory: string, place: string): Promise<readonly EngineModule[]> {
  return Promise.all(names.map(async (name) => ({ name, place, named: true, ...(await attempt(() => loadPlugins({ ...engines, variable: place }, [name], directory))) })));
}

/** Those that `DISTRONODE_RUNNER_ENGINES` names. */
export function enginesOfEnvironment(environment: Readonly<Record<string, string | undefined>>, cwd: string): Promise<readonly EngineModule[]> {
  return namedEngines(namedModules(engines, environment), cwd, engines.variable);
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly "distronode-runner"?: { readonly engines?: readonly string[] };
}

/**
 * Engines of the packages that are installed in a directory, as `npm install --prefix <directory>` does: dependencies in its `package.json` whose own has
 * `"distronode-runner": { "engines": ["./file.js"] }`. A directory that is not there has none, and neither has one
 * that this user may not read: `sudo` and `su` keep the variables of another user.
 */
export async function installedEngines(directory: string): Promise<readonly EngineModule[]> {
  const packages = Object.keys((await readManifest(directory))?.dependencies ?? {});
  const found = await Promise.all(
    packages.map(async (name): Promise<readonly EngineModule[]> => {
      const root = join(directory, "node_modules", name);
      const files = (await readManifest(root))?.["distronode-runner"]?.engines;
      if (files === undefined) return [];
      return [{ name, place: directory, named: false, ...(await attempt(() => loadPlugins({ ...engines, variable: `${name}/package.json` }, files.map((file) => resolve(root, file)), root))) }];
    }),
  );
  return found.flat();
}

async function attempt(load: () => Promise<EngineModule["engines"]>): Promise<Pick<EngineModule, "engines" | "error">> {
  try {
    return { engines: await load() };
  } catch (error) {
    return { engines: [], error: asRunnerError(error, "SETTINGS_INVALID") };
  }
}

async function readManifest(directory: string): Promise<Manifest | undefined> {
  const file = join(directory, "package.json");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => (["ENOENT", "ENOTDIR", "EACCES", "EPERM"].includes(error.code ?? "") ? undefined : Promise.reject(error)));
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Manifest;
  } catch (cause) {
    throw new RunnerError("SETTINGS_INVALID", `${file} is not JSON.`, { location: { file }, hint: "Install the packages in this directory again.", cause });
  }
}

import type { EnginePlugin } from "@distronode-runner/contract";
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

/** Engines of installed packages and of files; see `loadPlugins`. */
export function loadEngines(names: readonly string[], cwd: string): Promise<readonly EnginePlugin<never>[]> {
  return loadPlugins(engines, names, cwd);
}

/** The modules that `DISTRONODE_RUNNER_ENGINES` names. */
export function namedEngines(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return namedModules(engines, environment);
}

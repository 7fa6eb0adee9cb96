import type { EventSinkPlugin } from "@distronode-runner/contract";
import { loadPlugins, namedModules, type PluginKind } from "./load-plugins.ts";

const eventSinks: PluginKind<EventSinkPlugin> = {
  noun: "event sink",
  variable: "DISTRONODE_RUNNER_SINKS",
  guide: "docs/write-a-sink.md",
  is(value): value is EventSinkPlugin {
    const plugin = value as Partial<EventSinkPlugin> | null;
    return typeof plugin === "object" && plugin !== null && typeof plugin.contract === "number" && typeof plugin.name === "string" && Array.isArray(plugin.settingsKeys) && typeof plugin.open === "function";
  },
};

/** Event sinks of installed packages and of files; see `loadPlugins`. */
export function loadSinks(names: readonly string[], cwd: string): Promise<readonly EventSinkPlugin[]> {
  return loadPlugins(eventSinks, names, cwd);
}

/** The modules that `DISTRONODE_RUNNER_SINKS` names. */
export function namedSinks(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return namedModules(eventSinks, environment);
}

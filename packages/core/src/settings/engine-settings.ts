import type { Settings } from "@distronode-runner/contract";
import { readSettings } from "../data-dir/read.ts";
import { listOf } from "./list-of.ts";
import { parseSettingsFile } from "./parse-settings.ts";

export interface EngineSettings {
  /** Modules with further engines. */
  readonly enginePlugins: readonly string[];
  /** Sections by the names of engines. */
  readonly engineSettings: Readonly<Record<string, unknown>>;
}

export function engineSettingsOf(settings: Settings): EngineSettings {
  return { enginePlugins: listOf(settings.engine_plugins), engineSettings: settings.engines ?? {} };
}

/** Those of `env/settings` alone. */
export async function readEngineSettings(privateDataDir: string): Promise<EngineSettings> {
  const file = await readSettings(privateDataDir);
  return engineSettingsOf(file === undefined ? {} : parseSettingsFile(file.text, file.path).settings);
}

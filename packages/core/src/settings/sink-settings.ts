import type { Settings } from "@distronode-runner/contract";
import { readSettings } from "../data-dir/read.ts";
import { parseSettingsFile } from "./parse-settings.ts";

/** All keys that start with `runner_`: those of event sinks. Values may be secret. */
export function sinkSettingsOf(settings: Settings): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => key.startsWith("runner_")));
}

/** Those of `env/settings` alone. */
export async function readSinkSettings(privateDataDir: string): Promise<Readonly<Record<string, unknown>>> {
  const file = await readSettings(privateDataDir);
  return file === undefined ? {} : sinkSettingsOf(parseSettingsFile(file.text, file.path).settings);
}

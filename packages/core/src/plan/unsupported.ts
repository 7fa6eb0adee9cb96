import type { Settings } from "@distronode-runner/contract";

const settingsToCome: readonly (keyof Settings)[] = [
  "process_isolation_path",
  "process_isolation_hide_paths",
  "process_isolation_show_paths",
  "process_isolation_ro_paths",
  "directory_isolation_base_path",
  "subprocess_timeout",
];

/** What is there and has no effect in this version: said before the start, never passed over in silence. */
export function unsupported(settings: Settings): readonly string[] {
  return settingsToCome.filter((key) => settings[key] !== undefined).map((key) => `The setting ${key} has no effect in this version.`);
}

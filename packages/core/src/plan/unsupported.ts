import type { Settings } from "@distronode-runner/contract";

const settingsToCome: readonly (keyof Settings)[] = [
  "process_isolation_path",
  "process_isolation_hide_paths",
  "process_isolation_show_paths",
  "process_isolation_ro_paths",
  "directory_isolation_base_path",
  "subprocess_timeout",
];

const forContainers: readonly (keyof Settings)[] = ["container_image", "container_volume_mounts", "container_options"];

/** What is there and has no effect in this version: said before the start, never passed over in silence. */
export function unsupported(settings: Settings): readonly string[] {
  const inContainer = settings.process_isolation === true;
  return [
    ...settingsToCome.filter((key) => settings[key] !== undefined).map((key) => `The setting ${key} has no effect in this version.`),
    ...(inContainer ? [] : forContainers.filter((key) => settings[key] !== undefined).map((key) => `${key} has no effect without process_isolation: the job runs on this host.`)),
  ];
}

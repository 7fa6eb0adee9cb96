import type { Settings } from "@distronode-runner/contract";
import type { Isolation } from "./isolation.ts";

const withoutEffect: Readonly<Record<"container" | "sandbox", readonly (keyof Settings)[]>> = {
  container: ["container_image", "container_volume_mounts", "container_options"],
  sandbox: ["process_isolation_path", "process_isolation_hide_paths", "process_isolation_show_paths", "process_isolation_ro_paths"],
};

const without: Readonly<Record<"container" | "sandbox", string>> = {
  container: "it is for jobs in containers (process_isolation with a container engine)",
  sandbox: "it is for jobs in a sandbox (process_isolation with process_isolation_executable bwrap)",
};

/** What was set and has no effect: said before the start, never passed over in silence. */
export function unsupported(settings: Settings, isolation: Isolation, hasProject: boolean): readonly string[] {
  const others = (["container", "sandbox"] as const).filter((kind) => kind !== isolation);
  return [
    ...others.flatMap((kind) => withoutEffect[kind].filter((key) => settings[key] !== undefined).map((key) => `${key} has no effect: ${without[kind]}.`)),
    ...(settings.directory_isolation_base_path === undefined || hasProject ? [] : ["directory_isolation_base_path has no effect: there is no project directory to copy."]),
  ];
}

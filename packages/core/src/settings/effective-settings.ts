import type { JobRequest, Settings } from "@distronode-runner/contract";
import { checkSettings, parseSettingsFile } from "./parse-settings.ts";

/** The settings that count, with the origin of each: what was said in the request beats the file, which beats defaults. */
export interface EffectiveSettings {
  readonly values: Settings;
  /** For messages: where the value was said; `default` if nowhere. */
  origin(key: string): string;
}

export function effectiveSettings(request: JobRequest, file: { readonly text: string; readonly path: string } | undefined): EffectiveSettings {
  const layers = [
    ...(file === undefined ? [] : [parseSettingsFile(file.text, file.path)]),
    ...(request.settings === undefined ? [] : [checkSettings(request.settings)]),
    { settings: fromFlags(request), origin: (key: string) => flagNames[key] ?? key },
  ];
  return {
    values: Object.assign({}, ...layers.map((layer) => layer.settings)) as Settings,
    origin: (key) => layers.findLast((layer) => layer.settings[key] !== undefined)?.origin(key) ?? "default",
  };
}

const flagNames: Readonly<Record<string, string>> = {
  process_isolation: "--process-isolation",
  process_isolation_executable: "--process-isolation-executable",
  container_image: "--container-image",
  container_volume_mounts: "--container-volume-mount",
  container_options: "--container-option",
};

function fromFlags(request: JobRequest): Settings {
  return {
    ...(request.processIsolation === undefined ? {} : { process_isolation: request.processIsolation }),
    ...(request.processIsolationExecutable === undefined ? {} : { process_isolation_executable: request.processIsolationExecutable }),
    ...(request.containerImage === undefined ? {} : { container_image: request.containerImage }),
    ...(request.containerVolumeMounts === undefined ? {} : { container_volume_mounts: request.containerVolumeMounts }),
    ...(request.containerOptions === undefined ? {} : { container_options: request.containerOptions }),
  };
}

import type { JobRequest, Settings } from "@distronode-runner/contract";
import { checkSettings, parseSettingsFile, type WrittenSettings } from "./parse-settings.ts";

/** The settings that count, with the origin of each: what was said in the request beats the file, which beats defaults. */
export interface EffectiveSettings {
  readonly values: Settings;
  /** For messages: where the value was said; `default` if nowhere. */
  readonly origin: (key: string) => string;
}

export function effectiveSettings(request: JobRequest, file: { readonly text: string; readonly path: string } | undefined): EffectiveSettings {
  const layers = [
    ...(file === undefined ? [] : [parseSettingsFile(file.text, file.path)]),
    ...(request.settings === undefined ? [] : [checkSettings(request.settings)]),
    { settings: fromFields(request), origin: (key: string) => fields[key]?.[1] ?? (key === "container_pull_policy" ? "--offline" : key) },
  ].map(withoutAlias);
  return {
    values: Object.assign({}, ...layers.map((layer) => layer.settings)) as Settings,
    origin: (key) => layers.findLast((layer) => layer.settings[key] !== undefined)?.origin(key) ?? "default",
  };
}

/** Settings that have a field of their own in a request, and the flag or argument that it comes from. */
const fields: Readonly<Record<string, readonly [field: keyof JobRequest, name: string]>> = {
  process_isolation: ["processIsolation", "--process-isolation"],
  process_isolation_executable: ["processIsolationExecutable", "--process-isolation-executable"],
  container_image: ["containerImage", "--container-image"],
  container_volume_mounts: ["containerVolumeMounts", "--container-volume-mount"],
  container_options: ["containerOptions", "--container-option"],
  suppress_ansible_output: ["quiet", "--quiet"],
  job_timeout: ["timeout", "timeout"],
  subprocess_timeout: ["timeout", "timeout"],
};

function fromFields(request: JobRequest): Settings {
  // A timeout of 0 does not lift that of the file, as with the peer.
  const said = Object.entries(fields).filter(([, [field]]) => request[field] !== undefined && !(field === "timeout" && request.timeout === 0));
  return { ...(Object.fromEntries(said.map(([key, [field]]) => [key, request[field]])) as Settings), ...(request.offline === true ? { container_pull_policy: "never" } : {}) };
}

/** `suppress_distronode_output` is another name, in each place where it is written. */
function withoutAlias({ settings, origin }: WrittenSettings): WrittenSettings {
  const { suppress_distronode_output: alias, ...others } = settings;
  if (alias === undefined || others.suppress_ansible_output !== undefined) return { settings: others, origin };
  return { settings: { ...others, suppress_ansible_output: alias }, origin: (key) => origin(key === "suppress_ansible_output" ? "suppress_distronode_output" : key) };
}

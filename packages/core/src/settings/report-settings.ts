import { settingsSchema, type EffectiveSetting, type JobRequest } from "@distronode-runner/contract";
import { effectiveSettings } from "./effective-settings.ts";
import { maskedSetting } from "./masked-setting.ts";

/** Every known setting in the order of the schema, then those of event sinks that were given. */
export function reportSettings(request: JobRequest, file: { readonly text: string; readonly path: string } | undefined): readonly EffectiveSetting[] {
  const { values, origin } = effectiveSettings(request, file);
  const known = Object.keys(settingsSchema.properties).filter((key) => key !== "suppress_distronode_output");
  const others = Object.keys(values).filter((key) => !known.includes(key));
  return [...known, ...others].map((key) => {
    const value = values[key] === undefined ? settingsSchema.properties[key]?.default : maskedSetting(key, values[key]);
    return { key, ...(value === undefined ? {} : { value }), from: origin(key) };
  });
}

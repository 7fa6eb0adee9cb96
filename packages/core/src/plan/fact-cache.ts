import { join, resolve } from "node:path";
import { RunnerError } from "@distronode-runner/contract";
import type { EffectiveSettings } from "../settings/effective-settings.ts";
import { below, type PathMap } from "./path-map.ts";

/** A directory twice: on this machine, and as the tool sees it. */
interface SeenDirectory {
  readonly here: string;
  readonly seen: string;
}

/** Where the tool keeps facts: a directory below the job's artifacts, unless `fact_cache` leads elsewhere. */
export function planFactCache({ values, origin }: EffectiveSettings, artifacts: SeenDirectory, paths: PathMap): SeenDirectory {
  const here = resolve(artifacts.here, values.fact_cache ?? "fact_cache");
  const inside = below(artifacts.here, here);
  if (inside === "") {
    throw new RunnerError("SETTINGS_INVALID", `fact_cache is ${JSON.stringify(values.fact_cache)}, which is the job's artifact directory itself.`, { location: { key: origin("fact_cache") }, hint: "Name a directory for the facts alone." });
  }
  return { here, seen: inside === undefined ? paths.seen(here, "fact_cache", false) : join(artifacts.seen, inside) };
}

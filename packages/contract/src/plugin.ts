import type { CallOptions, Engine, EngineInfo } from "./engine.ts";
import type { Host } from "./host.ts";

/** Raised by one with each breaking change of `Engine` or `EnginePlugin`; not the version of an npm package. */
export const engineContract = 1;

/**
 * What an engine's package exports: a plain object. Importing it does nothing; `detect` looks, `open` connects.
 *
 * `Settings` is the section `engines.<name>` of `env/settings`, checked against `settingsSchema` before it arrives here.
 */
export interface EnginePlugin<Settings = unknown> {
  /** The `engineContract` it was written for. Another number is `ENGINE_INCOMPATIBLE`. */
  readonly contract: number;
  readonly name: string;
  /** JSON Schema (2020-12) of its settings, `additionalProperties: false`. */
  readonly settingsSchema: object;
  /** Whether it could be used here, and if not, why and what to do. Never rejects for an engine that is merely absent. */
  detect(settings: Settings, host: Host, options?: CallOptions): Promise<Detection>;
  /** `open` itself rejects where `detect` would say no, so that it can be called at once: an engine that works is not asked twice. */
  readonly opensOrRejects?: boolean;
  /** Connects, starting a service of its own if that is how the engine works. */
  open(settings: Settings, host: Host, options?: CallOptions): Promise<Engine>;
}

/** Whether an engine can be used here. */
export type Detection =
  | { readonly usable: true; readonly info: EngineInfo }
  | { readonly usable: false; readonly reason: string; readonly hint: string };

/** Identity, for type inference: `export default defineEngine({ ... })`. */
export function defineEngine<Settings>(plugin: EnginePlugin<Settings>): EnginePlugin<Settings> {
  return plugin;
}

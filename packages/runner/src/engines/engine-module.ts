import type { EnginePlugin, RunnerError } from "@distronode-runner/contract";

/** A module with engines that is not part of the runner. */
export interface EngineModule {
  /** A package, or a file as it was written. */
  readonly name: string;
  /** What led to it: an environment variable, a setting, a directory. */
  readonly place: string;
  /** Somebody named it, so it has to work. Otherwise it was found in a directory, and one that is broken stops nobody. */
  readonly named: boolean;
  readonly engines: readonly EnginePlugin<never>[];
  /** Why it can not be loaded. */
  readonly error?: RunnerError;
}

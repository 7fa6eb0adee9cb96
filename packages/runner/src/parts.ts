import type { ArtifactStore, EnginePlugin, EventSinkPlugin, Host, Keychain } from "@distronode-runner/contract";
import type { EngineModule } from "./engines/engine-module.ts";

/** What a runner is made of; nothing of it is reached for otherwise. `standard` assembles the parts of a normal installation. */
export interface RunnerParts {
  readonly host: Host;
  /** Container engines by preference: the order in which `auto` tries them. */
  readonly engines: readonly EnginePlugin<never>[];
  /** Further container engines, after those. */
  readonly engineModules?: readonly EngineModule[];
  /** Loads what the setting `engine_plugins` names; one that can not be loaded is a module with an error. Without it such a setting is refused. */
  readonly loadEngines?: (names: readonly string[], directory: string) => Promise<readonly EngineModule[]>;
  /** Runs jobs without a container. */
  readonly hostEngine: EnginePlugin<never>;
  /** Runs jobs without a container that are to see a part of this machine only. Opened with `{ executable }`. Without it such jobs are refused. */
  readonly sandboxEngine?: EnginePlugin<never>;
  /** Python 3.6 or newer of this machine, for jobs without a container. */
  readonly hostPython: string;
  readonly store: ArtifactStore;
  /** Where credentials for registries come from, after those of the job's own settings. Default: nowhere. */
  readonly keychain?: Keychain;
  /** Where events are sent besides. */
  readonly sinks?: readonly EventSinkPlugin[];
  /** Seconds that sinks may go on after their job's end. Default 10. */
  readonly drainSeconds?: number;
  /** Goes into labels and records. */
  readonly version: string;
}

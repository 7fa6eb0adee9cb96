import type { ArtifactStore, EnginePlugin, Host } from "@distronode-runner/contract";

/** What a runner is made of. `standard` assembles the parts of a normal installation. */
export interface RunnerParts {
  readonly host: Host;
  /** Container engines by preference: the order in which `auto` tries them. */
  readonly engines: readonly EnginePlugin<never>[];
  /** Runs jobs without a container. */
  readonly hostEngine: EnginePlugin<never>;
  /** Python 3.6 or newer of this machine, for jobs without a container. */
  readonly hostPython: string;
  readonly store: ArtifactStore;
  /** Goes into labels and records. */
  readonly version: string;
}

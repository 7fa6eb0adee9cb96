import { directoryStore } from "@distronode-runner/artifacts";
import { authFiles } from "@distronode-runner/auth";
import type { Host, Runner } from "@distronode-runner/contract";
import { docker } from "@distronode-runner/engine-docker";
import { podman } from "@distronode-runner/engine-podman";
import { processEngine, sandboxEngine } from "@distronode-runner/engine-process";
import { createRunner, type RunnerParts } from "@distronode-runner/runner";
import { httpSink } from "@distronode-runner/sink-http";
import { settingsEngines } from "./settings-engines.ts";
import { hostPython } from "./host-python.ts";
import { nodeHost } from "./node-host.ts";
import { version } from "./version.ts";

/** The parts of a normal installation: podman, then docker; jobs on the host; credentials where podman and docker keep them; artifacts in directories; events over HTTP where asked for. The one place that says so. */
export function standardParts(host: Host = nodeHost()): RunnerParts {
  return { host, engines: [podman, docker], loadEngines: (names, directory) => settingsEngines(names, directory, host.uid), hostEngine: processEngine, sandboxEngine, hostPython: hostPython(), keychain: authFiles(host), store: directoryStore(), sinks: [httpSink], version };
}

/** A ready runner. Give parts to replace some of the standard ones. Whoever makes it closes it. */
export function createStandardRunner(parts: Partial<RunnerParts> = {}): Runner {
  return createRunner({ ...standardParts(parts.host), ...parts });
}

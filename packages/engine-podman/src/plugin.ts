import { defineEngine, engineContract, type EnginePlugin } from "@distronode-runner/contract";
import { connect } from "./connect.ts";
import { openPodman } from "./podman-engine.ts";
import { lookForPodman } from "./look-for-podman.ts";

export interface PodmanSettings {
  /** Path of a podman service's socket, or `tcp://host:port`. */
  readonly socket?: string;
}

/** Podman containers, rootless or rootful, through libpod's own API: on a service that runs already, else on one of our own. */
export const podman: EnginePlugin<PodmanSettings> = defineEngine<PodmanSettings>({
  contract: engineContract,
  opensOrRejects: true,
  name: "podman",
  settingsSchema: {
    type: "object",
    additionalProperties: false,
    properties: {
      socket: {
        type: "string",
        description: "Path of a podman service's socket, or tcp://host:port. Otherwise CONTAINER_HOST, the user's or the system's podman.socket, or a service started for the purpose.",
      },
    },
  },
  detect: (settings, host, options) => lookForPodman(settings, host, options),
  open: async (settings, host, options) => openPodman(await connect(settings, host, options), host),
});

export default podman;

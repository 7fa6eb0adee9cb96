import { defineEngine, engineContract, type EnginePlugin } from "@distronode-runner/contract";
import { findDaemon } from "./find-daemon.ts";
import { openDocker } from "./docker-engine.ts";
import { ping } from "./ping.ts";
import { whyUnusable } from "./why-unusable.ts";

export interface DockerSettings {
  /** Path of the daemon's socket, or `tcp://host:port`. */
  readonly socket?: string;
}

/** Containers of a Docker daemon, through the Docker Engine API. */
export const docker: EnginePlugin<DockerSettings> = defineEngine<DockerSettings>({
  contract: engineContract,
  opensOrRejects: true,
  name: "docker",
  settingsSchema: {
    type: "object",
    additionalProperties: false,
    properties: {
      socket: {
        type: "string",
        description: "Path of the daemon's socket, or tcp://host:port. Otherwise DOCKER_HOST, /var/run/docker.sock, or the rootless daemon's socket in XDG_RUNTIME_DIR.",
      },
    },
  },
  async detect(settings, host, options) {
    try {
      const { transport, info } = await ping(await findDaemon(settings, host), options);
      await transport.close();
      return { usable: true, info };
    } catch (error) {
      options?.signal?.throwIfAborted();
      return whyUnusable(error, host);
    }
  },
  async open(settings, host, options) {
    return openDocker(await ping(await findDaemon(settings, host), options), host, options);
  },
});

export default docker;

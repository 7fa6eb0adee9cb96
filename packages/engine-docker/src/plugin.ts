import { defineEngine, engineContract, type EnginePlugin } from "@distronode-runner/contract";
import type { Endpoint } from "@distronode-runner/engine-http";
import { proxiesOf, readDockerConfig } from "./docker-config.ts";
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
        description: "Path of the daemon's socket, or tcp://host:port. Otherwise DOCKER_HOST, the docker context in use, /var/run/docker.sock, or the rootless daemon's socket in XDG_RUNTIME_DIR.",
      },
    },
  },
  async detect(settings, host, options) {
    try {
      const { transport, info } = await ping(await findDaemon(settings, host, await readDockerConfig(host)), options);
      await transport.close();
      return { usable: true, info };
    } catch (error) {
      options?.signal?.throwIfAborted();
      return whyUnusable(error, host);
    }
  },
  async open(settings, host, options) {
    const config = await readDockerConfig(host);
    const endpoint = await findDaemon(settings, host, config);
    return openDocker(await ping(endpoint, options), host, proxiesOf(config, daemonHost(endpoint)), options);
  },
});

/** As docker's own configuration calls a daemon. */
const daemonHost = (endpoint: Endpoint): string => (endpoint.kind === "unix" ? `unix://${endpoint.path}` : `tcp://${endpoint.host}:${endpoint.port}`);

export default docker;

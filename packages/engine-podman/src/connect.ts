import { isRunnerError, RunnerError, type CallOptions, type EngineInfo, type Host } from "@distronode-runner/contract";
import { createTransport, findExecutable, type Transport } from "@distronode-runner/engine-http";
import { findServices } from "./find-service.ts";
import { OwnService } from "./own-service.ts";
import { ping } from "./ping.ts";
import type { PodmanSettings } from "./plugin.ts";

/** A service that has answered. */
export interface Connection {
  readonly info: EngineInfo;
  /** Work on the service; one of our own that has died is started again for it. */
  use<T>(work: (transport: Transport) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export async function connect(settings: PodmanSettings, host: Host, options?: CallOptions): Promise<Connection> {
  return (await connectRunning(settings, host, options)) ?? (await connectOwn(host, options));
}

/** To a service that runs already. One that the user has named must answer; another may be a left-over socket. */
export async function connectRunning(settings: PodmanSettings, host: Host, options?: CallOptions): Promise<Connection | undefined> {
  for (const { endpoint, asked } of await findServices(settings, host)) {
    const transport = createTransport(endpoint, "Podman");
    try {
      const info = await ping(transport, host, options);
      return { info, use: (work) => work(transport), close: () => transport.close() };
    } catch (error) {
      await transport.close();
      if (asked || !isRunnerError(error) || error.code !== "ENGINE_UNAVAILABLE") throw error;
    }
  }
  return undefined;
}

async function connectOwn(host: Host, options?: CallOptions): Promise<Connection> {
  const executable = await findExecutable("podman", host.environment["PATH"]);
  if (executable === undefined) throw new RunnerError("ENGINE_NOT_FOUND", "Podman is not installed, and no podman service listens.", { hint: "Install podman, or name a socket: engines.podman.socket, or CONTAINER_HOST." });
  let current = await launch();
  const { info } = current;
  let closed = false;
  let starting: Promise<void> | undefined;
  const revive = async (): Promise<void> => {
    starting ??= launch().then((next) => void (current = next)).finally(() => (starting = undefined));
    await starting;
  };
  return {
    info,
    async use(work) {
      if (closed) throw new RunnerError("ENGINE_UNAVAILABLE", "The podman engine has been closed.");
      if (!current.service.running) await revive();
      const used = current;
      try {
        return await work(used.transport);
      } catch (error) {
        if (closed || !neverConnected(error)) throw error;
        // It died a moment ago. Nothing has reached it, so nothing can happen twice.
        if (used === current) {
          await used.service.stop();
          await revive();
        }
        return work(current.transport);
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      await starting?.catch(() => {});
      await current.transport.close();
      await current.service.stop();
    },
  };

  async function launch(): Promise<{ service: OwnService; transport: Transport; info: EngineInfo }> {
    const service = await OwnService.start(executable!, host, options);
    const transport = createTransport({ kind: "unix", path: service.socket }, "Podman");
    try {
      return { service, transport, info: await ping(transport, host, options) };
    } catch (error) {
      await transport.close();
      await service.stop();
      throw error;
    }
  }
}

function neverConnected(error: unknown): boolean {
  const cause = isRunnerError(error) && error.code === "ENGINE_UNAVAILABLE" ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return cause?.syscall === "connect" && (cause.code === "ENOENT" || cause.code === "ECONNREFUSED");
}

import { arch } from "node:os";
import { asRunnerError, type CallOptions, type Detection, type Host } from "@distronode-runner/contract";
import { findExecutable } from "@distronode-runner/engine-http";
import { connectRunning } from "./connect.ts";
import type { PodmanSettings } from "./plugin.ts";

/** Looks for a service that runs, else for the program; starts no service. */
export async function lookForPodman(settings: PodmanSettings, host: Host, options?: CallOptions): Promise<Detection> {
  try {
    const running = await connectRunning(settings, host, options);
    if (running !== undefined) {
      await running.close();
      return { usable: true, info: running.info };
    }
    const executable = await findExecutable("podman", host.environment["PATH"]);
    if (executable === undefined) return { usable: false, reason: "Podman is not installed.", hint: "Install podman, or name the socket of a podman service: engines.podman.socket, or CONTAINER_HOST." };
    const version = await versionOf(executable, host, options);
    if (Number(version.split(".")[0]) < 4) return { usable: false, reason: `Podman ${version} is too old.`, hint: "Update podman to version 4 or newer." };
    const names: Record<string, string> = { x64: "amd64", ia32: "386" };
    return { usable: true, info: { name: "podman", version, os: "linux", architecture: names[arch()] ?? arch(), rootless: host.uid !== 0, endpoint: executable } };
  } catch (error) {
    options?.signal?.throwIfAborted();
    const failure = asRunnerError(error, "ENGINE_UNAVAILABLE");
    return { usable: false, reason: failure.message, hint: failure.hint ?? "Run podman info by hand to see what podman is missing." };
  }
}

async function versionOf(executable: string, host: Host, options: CallOptions | undefined): Promise<string> {
  const { execFile } = await import("node:child_process");
  return new Promise((resolve, reject) => {
    execFile(executable, ["--version"], { env: host.environment as NodeJS.ProcessEnv, cwd: "/", signal: options?.signal }, (error, stdout, stderr) => {
      if (error !== null) reject(new Error(`podman --version fails: ${stderr.trim() || error.message}`, { cause: error }));
      else resolve(/version (\S+)/.exec(stdout)?.[1] ?? stdout.trim());
    });
  });
}

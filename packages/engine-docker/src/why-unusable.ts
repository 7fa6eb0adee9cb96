import { asRunnerError, type Detection, type Host } from "@distronode-runner/contract";
import { findExecutable } from "@distronode-runner/engine-http";

/** A failed connection as reason and advice. */
export async function whyUnusable(error: unknown, host: Host): Promise<Detection> {
  const failure = asRunnerError(error, "ENGINE_UNAVAILABLE");
  const system = failure.code !== "ENGINE_UNAVAILABLE" ? undefined : (failure.cause as NodeJS.ErrnoException | undefined)?.code;
  if (system === "EACCES" || system === "EPERM") {
    return { usable: false, reason: failure.message, hint: "Add the user to the group docker and log in again, or use podman, which needs no such right." };
  }
  if (system === "ENOENT" || system === "ECONNREFUSED") {
    const installed = (await findExecutable("docker", host.environment["PATH"])) ?? (await findExecutable("dockerd", host.environment["PATH"]));
    return installed === undefined
      ? { usable: false, reason: "Docker is not installed.", hint: "Install Docker, or name its socket: engines.docker.socket, or DOCKER_HOST." }
      : { usable: false, reason: `Docker is installed, but its daemon does not run (${failure.message.replace(/\.$/, "")}).`, hint: "Start it, e.g. systemctl start docker." };
  }
  return { usable: false, reason: failure.message, hint: failure.hint ?? "Look at the daemon's own log." };
}

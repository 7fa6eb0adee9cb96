import type { Cleanup } from "./cleanup.ts";
import { ensureDocker, proveDocker } from "./docker.ts";
import { ensurePodman, provePodman } from "./podman.ts";
import { Unavailable } from "./unavailable.ts";

export type EngineName = "podman" | "docker";

export function engineNames(list: string): readonly EngineName[] {
  return list.split(",").filter((name) => name !== "").map((name) => {
    if (name === "podman" || name === "docker") return name;
    throw new Unavailable(`There is no engine ${JSON.stringify(name)}; podman and docker are known.`);
  });
}

/** Finds or installs an engine. What it had to start, the cleanup stops. */
export async function ensureEngine(engine: EngineName, cleanup: Cleanup, say: (line: string) => void): Promise<void> {
  if (engine === "podman") return ensurePodman(say);
  // Everything started from here on, tests included, talks to this daemon.
  process.env["DOCKER_HOST"] = await ensureDocker(cleanup, say);
}

/** Runs `true` in the image: an engine that is installed may still be unable to start anything. Gives the options that containers need here. */
export function proveEngine(engine: EngineName, image: string, say: (line: string) => void): Promise<readonly string[]> {
  return engine === "podman" ? provePodman(image, say) : proveDocker(image);
}

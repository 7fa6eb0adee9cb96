import { setTimeout as sleep } from "node:timers/promises";
import { command } from "./command.ts";
import { jobContainers, ownerLives, type JobContainer } from "./job-containers.ts";

const patienceSeconds = 10;

/**
 * Containers of jobs that were not there before and that nobody looks after any more.
 * They get some time: a supervisor whose owner is gone ends its job and then itself.
 */
export async function leftovers(engine: string, before: ReadonlySet<string>): Promise<readonly JobContainer[]> {
  for (const limit = Date.now() + patienceSeconds * 1000; ; await sleep(500)) {
    const left = (await jobContainers(engine)).filter((container) => !before.has(container.id) && !ownerLives(container));
    if (left.length === 0 || Date.now() > limit) return left;
  }
}

export async function removeContainers(engine: string, containers: readonly JobContainer[]): Promise<void> {
  const now = engine === "podman" ? ["--time", "0"] : [];
  for (const { id } of containers) await command([engine, "rm", "--force", "--volumes", ...now, id]);
}

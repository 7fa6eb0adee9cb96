import { RunnerError } from "@distronode-runner/contract";
import { pause } from "@distronode-runner/engine-http";
import { toPhase, type InspectedContainer } from "./records.ts";

/** How long a container may take from the end of its streams to its exit; the daemon takes down the network in between. */
const patience = 2000;

/** A daemon that goes away ends the streams as a container does that exits. Rejects if the container has not come to its end. */
export async function confirmEnd(inspect: () => Promise<InspectedContainer | undefined>, id: string): Promise<void> {
  let delay = 2;
  for (let waited = 0; waited < patience; waited += delay, delay *= 1.5) {
    const container = await inspect();
    if (container === undefined || toPhase(container.State.Status) === "exited") return;
    // It never ran, and its start has failed.
    if (container.State.Status === "created" && container.State.ExitCode !== 0) return;
    await pause(delay);
  }
  throw new RunnerError("ENGINE_UNAVAILABLE", `The streams of container ${id} have ended although it has not.`, { hint: "The Docker daemon was probably restarted." });
}

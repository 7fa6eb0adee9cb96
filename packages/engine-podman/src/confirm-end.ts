import { RunnerError } from "@distronode-runner/contract";
import { pause } from "@distronode-runner/engine-http";
import { toPhase, type InspectedContainer } from "./records.ts";

/** How long a container may take from the end of its streams to its exit. */
const patience = 2000;

/** A service that is killed ends the streams as a container does that exits. Rejects if the container has not come to its end. */
export async function confirmEnd(inspect: () => Promise<InspectedContainer | undefined>, id: string): Promise<void> {
  let delay = 2;
  for (let waited = 0; waited < patience; waited += delay, delay *= 1.5) {
    const container = await inspect();
    if (container === undefined || toPhase(container.State.Status) === "exited") return;
    await pause(delay);
  }
  throw new RunnerError("ENGINE_UNAVAILABLE", `The streams of container ${id} have ended although it has not.`, { hint: "The podman service was probably ended." });
}

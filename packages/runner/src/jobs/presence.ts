import { RunnerError } from "@distronode-runner/contract";
import { askControl } from "../control/ask-control.ts";
import type { JobReport } from "../control/protocol.ts";
import { readMark, type RunnerMark } from "./runner-mark.ts";
import { startOf, thisMachine } from "./this-machine.ts";

/** Whether a job has a runner, by what its artifacts say. `gone`: it was killed, or there never was one that said so. `unknown`: it cannot be told from here. */
export type Presence =
  | { readonly is: "alive"; readonly mark: RunnerMark; readonly report?: JobReport }
  | { readonly is: "gone"; readonly mark?: RunnerMark }
  | { readonly is: "unknown"; readonly mark: RunnerMark };

/** Unknown is not dead: a runner has gone only if its machine was started anew, or its process is seen to be gone where its number means something. */
export async function presenceOf(artifactDir: string): Promise<Presence> {
  const mark = await readMark(artifactDir);
  if (mark === undefined) return { is: "gone" };
  const here = thisMachine();
  if (mark.boot === "" || mark.boot !== here.boot) return mark.machine !== "" && mark.machine === here.machine ? { is: "gone", mark } : { is: "unknown", mark };
  const reply = await askControl(mark.socket, { do: "status" }).catch(() => undefined);
  if (reply !== undefined && "status" in reply && reply.jobId === mark.jobId) return { is: "alive", mark, report: reply };
  if (mark.processes === "" || mark.processes !== here.processes) return { is: "unknown", mark };
  // It lives and does not answer: its socket is another user's, or it is too busy.
  return startOf(mark.pid) === mark.started && mark.started !== "" ? { is: "alive", mark } : { is: "gone", mark };
}

/** Why nothing can be done about a job from here. */
export function outOfReach(ident: string, { is, mark }: Presence, runtimeDir: string): RunnerError | undefined {
  if (mark === undefined) return undefined;
  const { hostname, pid } = mark;
  if (is === "alive") return new RunnerError("JOB_CONFLICT", `The job ${ident} has a runner that does not answer here: process ${pid} on ${hostname}.`, { hint: "It may be another user's. Ask as that user, or try again." });
  if (is === "unknown") return new RunnerError("JOB_CONFLICT", `Whether the job ${ident} still has its runner cannot be told from here: it was process ${pid} on ${hostname}.`, { hint: "Ask on that machine, and in the container where it was started, if it was one." });
  if (mark.runtimeDir === runtimeDir) return undefined;
  return new RunnerError("JOB_CONFLICT", `The runner of the job ${ident} was killed, and what it left is known in another runtime directory: ${mark.runtimeDir}.`, { hint: `Ask once more with DISTRONODE_RUNNER_RUNTIME_DIR=${mark.runtimeDir}` });
}

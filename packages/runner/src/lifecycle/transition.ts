import { RunnerError } from "@distronode-runner/contract";
import type { Effect, JobState, Message, Outcome, ToolExit } from "./states.ts";

/** How often a container may survive SIGKILL before the job ends in an error. */
const maximumKills = 2;

export const initialState: JobState = { at: "preparing" };
export const initialEffects: readonly Effect[] = [{ do: "prepare" }];

/**
 * The job as a table: a state and a message give the next state and what to do. Pure and total.
 *
 * Invariants (tested with random orders of messages): `done` absorbs everything; each container made is removed exactly once; `canceled`
 * is claimed only when nothing was started, or after the exit was seen.
 */
export function transition(state: JobState, message: Message): readonly [JobState, readonly Effect[]] {
  switch (state.at) {
    case "preparing":
      if (message.is === "prepared") return [{ at: "creating" }, [{ do: "create" }]];
      if (message.is === "cancel") return finish({ status: "canceled" }, [{ do: "abort" }]);
      if (message.is === "broke") return finish({ status: "error", error: message.error });
      return [state, []];
    case "creating":
      if (message.is === "created") return [{ at: "starting", id: message.id }, [{ do: "start", id: message.id }]];
      if (message.is === "cancel") return [{ at: "abandoning" }, []];
      if (message.is === "broke") return finish({ status: "error", error: message.error });
      return [state, []];
    case "abandoning":
      if (message.is === "created") return remove(message.id, { status: "canceled" });
      if (message.is === "broke") return finish({ status: "canceled" });
      return [state, []];
    case "starting":
    case "running":
      if (message.is === "started") return [{ at: "running", id: state.id }, []];
      if (message.is === "ended") return remove(state.id, outcomeOf(message.exit));
      if (message.is === "broke") return remove(state.id, { status: "error", error: message.error });
      if (message.is === "cancel") return [{ at: "stopping", id: state.id, kills: 0 }, [{ do: "stop", force: message.force }]];
      // Whom its own clock does not stop, asking does not stop either.
      if (message.is === "expired") return [{ at: "stopping", id: state.id, kills: 1, clock: message.clock }, [{ do: "kill", id: state.id }]];
      return [state, []];
    case "stopping":
      // A stop that arrived before the tool ran met nothing.
      if (message.is === "started") return [state, [{ do: "stop", force: state.clock !== undefined }]];
      if (message.is === "ended") return remove(state.id, { ...stopped(state.clock), exit: message.exit });
      if (message.is === "broke") return remove(state.id, stopped(state.clock));
      if (message.is === "cancel") return [state, message.force ? [{ do: "stop", force: true }] : []];
      if (message.is === "overdue") {
        if (state.kills < maximumKills) return [{ ...state, kills: state.kills + 1 }, [{ do: "kill", id: state.id }]];
        return remove(state.id, { status: "error", error: new RunnerError("ENGINE_FAILED", "The job's container survived being killed.", { hint: "Look at the engine's own log; the container may hang in the kernel." }) });
      }
      return [state, []];
    case "removing":
      if (message.is === "removed") return finish(state.outcome);
      if (message.is === "remove_failed") return finish(state.outcome.status === "error" ? state.outcome : { ...state.outcome, status: "error", error: message.error });
      return [state, []];
    case "done":
      return [state, []];
  }
}

function finish(outcome: Outcome, before: readonly Effect[] = []): readonly [JobState, readonly Effect[]] {
  return [{ at: "done", outcome }, [...before, { do: "finish", outcome }]];
}

function remove(id: string, outcome: Outcome): readonly [JobState, readonly Effect[]] {
  return [{ at: "removing", outcome }, [{ do: "remove", id }]];
}

function stopped(clock: Outcome["clock"]): Outcome {
  return clock === undefined ? { status: "canceled" } : { status: "timeout", clock };
}

/** What a tool's end means for its job. */
export function outcomeOf(exit: ToolExit): Outcome {
  if (exit.why === "job_timeout" || exit.why === "idle_timeout" || exit.why === "prompt_timeout") return { status: "timeout", exit };
  if (exit.why !== null) return { status: "canceled", exit };
  return { status: exit.code === 0 ? "successful" : "failed", exit };
}

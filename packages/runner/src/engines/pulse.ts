import { abortable, isRunnerError, RunnerError, type Engine } from "@distronode-runner/contract";

/** Milliseconds that an engine has for an answer that costs it nothing. Generous: a machine may be busy. */
export const answerPatience = 30_000;

/** No container has it. */
const nobody = { "org.distronode.runner.pulse": "none" };

/** Whether an engine is there: asks it something simple. Rejects with `ENGINE_UNAVAILABLE` if it is not reached, or says nothing in time. */
export async function pulse(engine: Pick<Engine, "name" | "list">, patience: number = answerPatience): Promise<void> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(unanswered(engine.name, patience)), patience);
  try {
    await abortable(engine.list(nobody, { signal: silent.signal }), silent.signal);
  } catch (error) {
    // Whatever else it says, it answers.
    if (isRunnerError(error) && error.code === "ENGINE_UNAVAILABLE") throw error;
  } finally {
    clearTimeout(timer);
  }
}

const silence = new WeakSet<object>();

export function unanswered(name: string, patience: number): RunnerError {
  const error = new RunnerError("ENGINE_UNAVAILABLE", `The engine ${name} does not answer: nothing came from it in ${patience / 1000} seconds.`, {
    hint: "Its service may be stopped or overloaded, or the connection to it may be lost. Look at it, and restart it if need be.",
  });
  silence.add(error);
  return error;
}

/** Whether an error is that an engine said nothing, and not that it refused or could not be reached. */
export const isUnanswered = (error: unknown): boolean => typeof error === "object" && error !== null && silence.has(error);

import { RunnerError, type JobPlan } from "@distronode-runner/contract";

/** A job whose first process never answered. `how`: what it did instead; `said`: what was printed meanwhile. */
export function startFailure({ execution }: Pick<JobPlan, "execution">, how: string, said: string): RunnerError {
  const problems = said === "" ? [] : said.split("\n").slice(-20);
  if (execution.kind === "host" && execution.sandbox !== undefined) {
    return new RunnerError("ENGINE_FAILED", `The job could not be started in the sandbox: ${execution.sandbox.executable} ${how}.`, { problems, hint: "Python and the automation tool must be visible there: /usr and /opt are; process_isolation_ro_paths shows more." });
  }
  const where = execution.kind === "host" ? "on this host" : `in ${execution.image}`;
  return new RunnerError("IMAGE_UNSUITABLE", `The job could not be started ${where}: its first process ${how}.`, { problems, hint: "The image needs Python 3.6 or newer as python3, and an entrypoint that runs the command it is given." });
}

/** When the time for the start is over. */
export function startTimeout(plan: Pick<JobPlan, "execution">, seconds: number, said: string): RunnerError {
  const failure = startFailure(plan, `did not answer within ${seconds} s`, said);
  return new RunnerError(failure.code, failure.message, { problems: failure.problems, location: { key: "start_timeout" }, hint: `${failure.hint} One that takes longer to start needs a higher start_timeout.` });
}

import type { AttachedJob, Runner } from "@distronode-runner/contract";
import { launchStandIn } from "../daemon/stand-in.ts";
import { withRunner } from "../open-runner.ts";

/** Uses a job of this machine. One whose runner has gone gets a new one in the background, so that this process may leave whenever it likes. */
export function withJob<T>(name: string, use: (job: AttachedJob, runner: Runner) => Promise<T>): Promise<T> {
  return withRunner(async (runner) => use(await runner.attach(name, { onGone: launchStandIn }), runner));
}

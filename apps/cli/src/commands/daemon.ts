import { once } from "node:events";
import { ftruncateSync } from "node:fs";
import { asRunnerError, RunnerError, stoppedExitCode, type JobResult } from "@distronode-runner/contract";
import { jobArguments } from "../arguments/job-flags.ts";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { cancelOnInterrupt, type InterruptibleJob } from "../cancel-on-interrupt.ts";
import type { Adoption, Answer, Assignment, NewJob } from "../daemon/messages.ts";
import { claimPidFile, removePidFile } from "../daemon/pid-file.ts";
import { openDebugLog, type DebugLog } from "../debug-log.ts";
import { followWithDebug } from "../follow-job.ts";
import { withRunner } from "../open-runner.ts";
import { reportError } from "../report-error.ts";

/** The other half of `start` and of `run --detach`: runs one job, given as a message, with nobody watching. stderr is `daemon.log`. */
export default class Daemon extends BaseCommand {
  static override hidden = true;
  static override summary = "Run a job for start.";
  static override args = jobArguments;
  static override flags = {};

  protected async perform(): Promise<Outcome> {
    const { args } = await this.parse(Daemon);
    if (process.send === undefined) throw new RunnerError("USAGE", "This command is for start alone.", { hint: "Use distronode-runner start." });
    process.umask(0o077);
    const interrupts = cancelOnInterrupt({ tell: (text) => this.screen.tell(text), leave: () => process.exit(stoppedExitCode) });
    const [assignment] = (await once(process, "message")) as [Assignment];
    try {
      if ("adopt" in assignment) return { exitCode: await this.#adopt(assignment) };
      const { as, cwd, debug, logfile } = assignment;
      if (as === "start") this.#claim(args.private_data_dir);
      const log = openDebugLog({ debug, logfile }, cwd, (text) => this.screen.tell(text));
      return { exitCode: await this.#run(assignment, log, interrupts) };
    } catch (error) {
      const exitCode = reportError(error, this.config.version);
      await answer({ is: "refused", error: asRunnerError(error).toJSON() });
      return { exitCode };
    } finally {
      interrupts.stop();
    }
  }

  #claim(dataDir: string): void {
    if (!claimPidFile(dataDir, process.pid)) throw new RunnerError("JOB_CONFLICT", `Another job was started in ${dataDir} at the same time.`, { hint: "Wait for it, or stop it." });
    process.on("exit", () => removePidFile(dataDir, process.pid));
    ftruncateSync(2);
  }

  async #adopt({ adopt, cwd }: Adoption): Promise<number> {
    return withRunner(async (runner) => {
      const job = await runner.attach(adopt);
      await answer({ is: "running" });
      return (await job.result).rc;
    }, cwd);
  }

  async #run({ request, cwd, as }: NewJob, log: DebugLog, interrupts: InterruptibleJob): Promise<number> {
    const told = as === "start" ? "running" : "starting";
    const result = await withRunner(async (runner) => {
      const handle = await runner.start(request);
      interrupts.watch(handle);
      return followWithDebug(handle, { print: () => undefined, tell: (text) => this.screen.tell(text), progress: () => {} }, log, (entry) => {
        if (entry.type === "status" && entry.status === told) void answer({ is: "running" });
      });
    }, cwd);
    const exitCode = result.error === undefined ? result.rc : reportError(new RunnerError(result.error.code, result.error.message, result.error), this.config.version);
    await answer(ended(result, exitCode));
    return exitCode;
  }
}

function ended(result: JobResult, exitCode: number): Answer {
  return { is: "ended", exitCode, artifactDir: result.artifactDir, ...(result.error === undefined ? {} : { error: result.error }) };
}

/** To `start`, which waits for the first answer only and may be gone. */
async function answer(message: Answer): Promise<void> {
  if (!process.connected) return;
  await new Promise<void>((resolve) => process.send!(message, () => resolve()));
  if (process.connected) process.disconnect();
}

import { randomUUID } from "node:crypto";
import { closeSync } from "node:fs";
import { resolve } from "node:path";
import { asRunnerError, RunnerError, stoppedExitCode, type JobRequest } from "@distronode-runner/contract";
import { jobArguments, jobFlags } from "../arguments/job-flags.ts";
import { jobRequest } from "../arguments/job-request.ts";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { launch, openLog } from "../daemon/launch.ts";
import type { Answer, NewJob } from "../daemon/messages.ts";
import { makeRoom } from "../daemon/make-room.ts";
import { realPath } from "../daemon/runner-process.ts";
import { pipesOf } from "../data-dir-pipes.ts";
import { makeDataDir } from "../make-data-dir.ts";
import { withRunner } from "../open-runner.ts";
import { renderWarning } from "../render/notice.ts";
import { onInterrupt } from "../terminal/interrupts.ts";

export default class Start extends BaseCommand {
  static override summary = "Run a job in the background.";
  static override description = "Returns when the job is running, and prints its ident unless --quiet; `stop` ends it, `is-alive` asks for it. Its process id is in PRIVATE_DATA_DIR/pid, what the runner has to say in daemon.log.";
  static override usage = "start PRIVATE_DATA_DIR (-p PLAYBOOK | -m MODULE | -r ROLE) [FLAGS]";
  static override examples = ["<%= config.bin %> start ./demo -p site.yml", "<%= config.bin %> stop ./demo"];
  static override args = jobArguments;
  static override flags = jobFlags;

  protected async perform(): Promise<Outcome> {
    const { args, flags, raw } = await this.parse(Start);
    const cwd = process.cwd();
    const asked = jobRequest(args, flags, raw, { cwd, environment: process.env, color: false });
    const request = { ...asked, ident: asked.ident ?? randomUUID() };
    const undo = await makeDataDir(request, cwd);
    try {
      // Refused here, nothing is left behind. What can be read only once is for the process that runs the job, which refuses it as well.
      if (pipesOf(resolve(cwd, request.privateDataDir)).length === 0) await withRunner((runner) => runner.plan(request));
    } catch (error) {
      await undo();
      throw error;
    }
    return this.#launch({ request, cwd, debug: flags.debug, as: "start", ...(flags.logfile === undefined ? {} : { logfile: flags.logfile }) });
  }

  async #launch(assignment: NewJob): Promise<Outcome> {
    const dataDir = realPath(resolve(assignment.cwd, assignment.request.privateDataDir));
    const note = await makeRoom(dataDir);
    if (note !== undefined) this.screen.tell(renderWarning(note));
    const log = openLog(dataDir);
    const launched = launch(assignment, dataDir, log);
    closeSync(log);
    let interrupted = false;
    const unwatch = onInterrupt((count) => {
      if (count > 1) {
        this.screen.tell("Left without waiting for the end of the job.\ndistronode-runner ps shows it, and doctor --fix settles what is left.\n");
        process.exit(stoppedExitCode);
      }
      interrupted = true;
      launched.cancel();
    });
    try {
      return this.#conclude(await launched.answer, assignment.request);
    } catch (error) {
      // The process may have been too young to say how it ended.
      if (interrupted && asRunnerError(error).code === "JOB_LOST") return { exitCode: stoppedExitCode };
      throw error;
    } finally {
      unwatch();
    }
  }

  #conclude(answer: Answer, request: JobRequest): Outcome {
    if (answer.is === "running") return request.quiet === true ? {} : { text: `${request.ident}\n` };
    if (answer.error !== undefined) throw new RunnerError(answer.error.code, answer.error.message, answer.error);
    if (answer.is === "ended" && request.quiet !== true) this.screen.tell(`The job ended with exit code ${answer.exitCode} before it was running.\nArtifacts: ${answer.artifactDir}\n`);
    return { exitCode: answer.is === "ended" ? answer.exitCode : 1 };
  }
}

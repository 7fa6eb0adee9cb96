import { asRunnerError, type RunnerError } from "@distronode-runner/contract";
import { Args } from "@oclif/core";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { withRunner } from "../open-runner.ts";
import { reportError } from "../report-error.ts";

export default class Rm extends BaseCommand {
  static override summary = "Remove the artifacts of jobs that have ended.";
  static override description = "Prints the directories that were removed. A job that has not ended stays, and is an error; the others are removed all the same.";
  static override usage = "rm JOB...";
  static override examples = ["<%= config.bin %> rm nightly", "<%= config.bin %> rm ./demo/artifacts/*"];
  static override args = { job: Args.string({ description: "idents of jobs on this machine, or paths of artifact directories", required: true, ignoreStdin: true }) };
  static override flags = {};
  static override strict = false;

  protected async perform(): Promise<Outcome> {
    const { argv } = await this.parse(Rm);
    let first: RunnerError | undefined;
    await withRunner(async (runner) => {
      for (const job of argv as string[]) {
        try {
          await this.screen.print(`${(await runner.remove(job)).artifactDir}\n`);
        } catch (error) {
          first ??= asRunnerError(error);
          reportError(error, this.config.version);
        }
      }
    });
    return first === undefined ? {} : { exitCode: first.exitCode };
  }
}

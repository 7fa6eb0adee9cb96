import { isFinal } from "@distronode-runner/contract";
import { Flags } from "@oclif/core";
import { jobArgument } from "../arguments/job-argument.ts";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { withJob } from "../jobs/with-job.ts";
import { onInterrupt } from "../terminal/interrupts.ts";

/** As when a program ends by Ctrl-C: what becomes of the job is not known. */
const leftExitCode = 130;

export default class Cancel extends BaseCommand {
  static override summary = "End a job, whoever runs it.";
  static override description = "Asks it to stop, kills it when its cancel_grace is over, and returns when it is gone. Ctrl-C kills it at once, and leaves when pressed again. The exit code is 0 when it has ended, however.";
  static override usage = "cancel JOB [FLAGS]";
  static override examples = ["<%= config.bin %> cancel nightly", "<%= config.bin %> cancel nightly --force"];
  static override args = jobArgument;
  static override flags = { force: Flags.boolean({ description: "kill it at once" }) };

  protected async perform(): Promise<Outcome> {
    const { args, flags } = await this.parse(Cancel);
    return withJob(args.job, async (job, runner) => {
      const ended = (await runner.jobs({ ended: true })).find(({ artifactDir }) => artifactDir === job.artifactDir);
      if (ended !== undefined && isFinal(ended.status)) return { text: `The job ${job.ident} had ended already: ${ended.status}.\n` };
      const unwatch = onInterrupt((count) => {
        if (count === 1) return void job.cancel({ force: true });
        // Its runner or its engine may not answer.
        this.screen.tell(`Left without waiting for the end of job ${job.ident}, whose artifacts are in ${job.artifactDir}.\n`);
        process.exit(leftExitCode);
      });
      const { status } = await job.cancel({ force: flags.force }).finally(unwatch);
      return { text: `The job ${job.ident} has ended: ${status}.\n` };
    });
  }
}

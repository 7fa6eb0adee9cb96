import { Flags } from "@oclif/core";
import { jobArgument } from "../arguments/job-argument.ts";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { answerOnTerminal } from "../jobs/answer-on-terminal.ts";
import { withJob } from "../jobs/with-job.ts";
import { followJob } from "../follow-job.ts";
import { reportResult } from "../report-error.ts";
import { onInterrupt } from "../terminal/interrupts.ts";

/** As when a program ends by Ctrl-C; the job has not ended, so no code of a job will do. */
const leftExitCode = 130;

export default class Attach extends BaseCommand {
  static override summary = "Show a job from its beginning, and stay with it to its end.";
  static override description = "Ctrl-C leaves the job running. A job whose runner was killed is gone on with. The exit code is the job's; 130 when you left.";
  static override usage = "attach JOB [FLAGS]";
  static override examples = ["<%= config.bin %> attach nightly", "<%= config.bin %> attach ./demo/artifacts/nightly --from 120"];
  static override args = jobArgument;
  static override flags = {
    from: Flags.integer({ helpValue: "N", min: 1, default: 1, description: "begin with entry N of the job's journal" }),
    json: Flags.boolean({ char: "j", description: "print events as JSON, one a line" }),
  };

  protected async perform(): Promise<Outcome> {
    const { args, flags } = await this.parse(Attach);
    return withJob(args.job, async (job) => {
      const left = Promise.withResolvers<undefined>();
      const unwatch = onInterrupt(() => left.resolve(undefined));
      const terminal = answerOnTerminal(job, (text) => this.screen.tell(text));
      try {
        const result = await Promise.race([followJob(job, { json: flags.json, quiet: false, from: flags.from }, this.screen, (entry) => terminal.see(entry)), left.promise]);
        await this.screen.flush();
        if (result !== undefined) return { exitCode: reportResult(result, this.config.version, this.screen) };
        this.screen.tell(`The job ${job.ident} goes on.\n${this.config.bin} attach ${job.ident} shows it again, ${this.config.bin} cancel ${job.ident} ends it.\n`);
        process.exit(leftExitCode);
      } finally {
        terminal.close();
        unwatch();
      }
    });
  }
}

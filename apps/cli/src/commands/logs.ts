import { eventLine, eventText } from "@distronode-runner/contract";
import { Flags } from "@oclif/core";
import { jobArgument } from "../arguments/job-argument.ts";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { withJob } from "../jobs/with-job.ts";

export default class Logs extends BaseCommand {
  static override summary = "Print what a job has said so far.";
  static override description = "The job runs on, or has ended. With --follow until its end; Ctrl-C leaves the job running.";
  static override usage = "logs JOB [FLAGS]";
  static override examples = ["<%= config.bin %> logs nightly | tail", "<%= config.bin %> logs nightly --follow"];
  static override args = jobArgument;
  static override flags = {
    follow: Flags.boolean({ char: "f", description: "go on as the job does" }),
    from: Flags.integer({ helpValue: "N", min: 1, default: 1, description: "begin with entry N of the job's journal" }),
    json: Flags.boolean({ char: "j", description: "events as JSON, one a line" }),
  };

  protected async perform(): Promise<Outcome> {
    const { args, flags } = await this.parse(Logs);
    const render = flags.json ? eventLine : eventText;
    await withJob(args.job, async (job) => {
      for await (const entry of job.entries({ from: flags.from, follow: flags.follow === true })) {
        if (entry.type !== "event") continue;
        const written = this.screen.print(render(entry.event));
        if (written !== undefined) await written;
        if (this.screen.gone) break;
      }
    });
    return {};
  }
}

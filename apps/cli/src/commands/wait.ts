import { Flags } from "@oclif/core";
import { jobArgument } from "../arguments/job-argument.ts";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { withJob } from "../jobs/with-job.ts";
import { reportResult } from "../report-error.ts";

export default class Wait extends BaseCommand {
  static override summary = "Wait for a job's end.";
  static override description = "Prints its final status. The exit code is the job's: the tool's own, 254 when it was canceled or ran out of time.";
  static override usage = "wait JOB [FLAGS]";
  static override examples = ["<%= config.bin %> wait nightly && echo deployed"];
  static override args = jobArgument;
  static override flags = { json: Flags.boolean({ char: "j", description: "the result as JSON" }) };

  protected async perform(): Promise<Outcome> {
    const { args, flags } = await this.parse(Wait);
    const result = await withJob(args.job, (job) => job.result);
    const exitCode = flags.json ? result.rc : reportResult(result, this.config.version, this.screen);
    return { text: flags.json ? `${JSON.stringify(result, null, 2)}\n` : `${result.status}\n`, exitCode };
  }
}

import { Flags } from "@oclif/core";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { withRunner } from "../open-runner.ts";
import { renderJobs } from "../render/jobs.ts";

export default class Ps extends BaseCommand {
  static override summary = "List the jobs of this machine that have not ended.";
  static override description = "Your own jobs, whoever started them: run, start, a server, a program. A job whose runner was killed shows as `no runner`: attach goes on with it, cancel ends it.";
  static override usage = "ps [FLAGS]";
  static override examples = ["<%= config.bin %> ps", "<%= config.bin %> ps --all --json"];
  static override flags = {
    all: Flags.boolean({ char: "a", description: "also those that have ended, the newest of each ident, since the machine was started" }),
    json: Flags.boolean({ char: "j", description: "as JSON" }),
  };

  protected async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Ps);
    const jobs = await withRunner((runner) => runner.jobs({ ended: flags.all }));
    return { text: flags.json ? `${JSON.stringify(jobs, null, 2)}\n` : renderJobs(jobs, Date.now()) };
  }
}

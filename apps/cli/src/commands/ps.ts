import { Flags } from "@oclif/core";
import type { Outcome } from "../base-command.ts";
import { JobList } from "../jobs/job-list.ts";

export default class Ps extends JobList {
  static override summary = "List the jobs of this machine that have not ended.";
  static override description = "Your own jobs, whoever started them: run, start, a server, a program. A job whose runner was killed shows as `no runner`: attach goes on with it, cancel ends it.";
  static override usage = "ps [FLAGS]";
  static override examples = ["<%= config.bin %> ps", "<%= config.bin %> ps --all --json"];
  static override flags = {
    all: Flags.boolean({ char: "a", description: "also those that have ended since the machine was started, the newest of each ident and directory" }),
    json: Flags.boolean({ char: "j", description: "as JSON" }),
  };

  protected async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Ps);
    return this.list({ ended: flags.all, json: flags.json });
  }
}

import { Flags } from "@oclif/core";
import type { Outcome } from "../base-command.ts";
import { JobList } from "../jobs/job-list.ts";

export default class Ls extends JobList {
  static override summary = "List the jobs of this machine, also those that have ended.";
  static override description = "The same as `ps --all`.";
  static override usage = "ls [FLAGS]";
  static override examples = ["<%= config.bin %> ls", "<%= config.bin %> ls --json"];
  static override flags = { json: Flags.boolean({ char: "j", description: "as JSON" }) };

  protected async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Ls);
    return this.list({ ended: true, json: flags.json });
  }
}

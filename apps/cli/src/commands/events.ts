import { eventLine } from "@distronode-runner/contract";
import { Flags } from "@oclif/core";
import { jobArgument } from "../arguments/job-argument.ts";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { eventFilter } from "../jobs/event-filter.ts";
import { withJob } from "../jobs/with-job.ts";
import { eventsHead, renderEvent } from "../render/events.ts";

export default class Events extends BaseCommand {
  static override summary = "List the events of a job.";
  static override description = "Filters may be combined and repeated; `*` in one stands for any text. The first column is the event's counter, as in the names of job_events/.";
  static override usage = "events JOB [FLAGS]";
  static override examples = ["<%= config.bin %> events nightly --kind 'runner_on_*' --host web1", "<%= config.bin %> events nightly --task 'Install *' --json"];
  static override args = jobArgument;
  static override flags = {
    host: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: "NAME", description: "of this host" }),
    task: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: "NAME", description: "of this task" }),
    kind: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: "EVENT", description: "of this kind, e.g. runner_on_failed" }),
    follow: Flags.boolean({ char: "f", description: "go on as the job does" }),
    from: Flags.integer({ helpValue: "N", min: 1, default: 1, description: "begin with entry N of the job's journal" }),
    json: Flags.boolean({ char: "j", description: "events as JSON, one a line" }),
  };

  protected async perform(): Promise<Outcome> {
    const { args, flags } = await this.parse(Events);
    const wanted = eventFilter(flags);
    let matches = 0;
    await withJob(args.job, async (job) => {
      if (!flags.json) await this.screen.print(eventsHead);
      for await (const entry of job.entries({ from: flags.from, follow: flags.follow === true })) {
        if (entry.type !== "event" || !wanted(entry.event)) continue;
        matches += 1;
        const written = this.screen.print(flags.json ? eventLine(entry.event) : renderEvent(entry.event));
        if (written !== undefined) await written;
        if (this.screen.gone) break;
      }
    });
    if (matches === 0) this.screen.tell("No event matches.\n");
    return {};
  }
}

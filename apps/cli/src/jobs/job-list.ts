import { BaseCommand, type Outcome } from "../base-command.ts";
import { withRunner } from "../open-runner.ts";
import { renderJobs } from "../render/jobs.ts";

/** What `ps` and `ls` share. */
export abstract class JobList extends BaseCommand {
  protected async list({ ended, json }: { readonly ended: boolean; readonly json: boolean }): Promise<Outcome> {
    const jobs = await withRunner((runner) => runner.jobs({ ended }));
    return { text: json ? `${JSON.stringify(jobs, null, 2)}\n` : renderJobs(jobs, Date.now(), ended) };
  }
}

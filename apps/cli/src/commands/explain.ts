import { Flags } from "@oclif/core";
import { jobArguments, jobFlags } from "../arguments/job-flags.ts";
import { jobRequest } from "../arguments/job-request.ts";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { withRunner } from "../open-runner.ts";
import { renderPlan } from "../render/plan.ts";

const { json: _json, ...flagsOfRun } = jobFlags;

export default class Explain extends BaseCommand {
  static override summary = "Show what run would do, without doing it.";
  static override usage = "explain PRIVATE_DATA_DIR (-p PLAYBOOK | -m MODULE | -r ROLE) [FLAGS]";
  static override examples = ["<%= config.bin %> explain ./demo -p site.yml", "<%= config.bin %> explain ./demo -p site.yml --json"];
  static override args = jobArguments;
  static override flags = { ...flagsOfRun, json: Flags.boolean({ char: "j", description: "the plan as JSON" }) };

  protected async perform(): Promise<Outcome> {
    const { args, flags, raw } = await this.parse(Explain);
    const { json, ...others } = flags;
    const request = jobRequest(args, others, raw, { cwd: process.cwd(), environment: process.env, color: false });
    const plan = await withRunner((runner) => runner.plan(request));
    return { text: json ? `${JSON.stringify(plan, null, 2)}\n` : renderPlan(plan) };
  }
}

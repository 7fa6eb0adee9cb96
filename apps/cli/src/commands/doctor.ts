import { RunnerError, type Runner } from "@distronode-runner/contract";
import { Args, Flags } from "@oclif/core";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { hostFacts } from "../host-facts.ts";
import { settle, unsettled } from "../jobs/settle.ts";
import { withRunner } from "../open-runner.ts";
import { renderDiagnosis, type Diagnosis } from "../render/doctor.ts";

export default class Doctor extends BaseCommand {
  static override summary = "Check the engines, and settle what killed runners left.";
  static override description = "The exit code is 0 when at least one container engine is usable, else 1; with --try, when a container has run in one. With --fix, jobs whose runner was killed are gone on with, or ended, as their owner_gone says; containers and artifacts that nobody will complete are cleaned up.";
  static override usage = "doctor [--try [IMAGE]] [FLAGS]";
  static override examples = ["<%= config.bin %> doctor", "<%= config.bin %> doctor --try registry.example/team/ee:1", "<%= config.bin %> doctor --fix"];
  static override args = { image: Args.string({ description: "image for --try; default: any that is present" }) };
  static override flags = {
    json: Flags.boolean({ description: "the findings as JSON" }),
    fix: Flags.boolean({ description: "settle what killed runners left" }),
    try: Flags.boolean({ description: "run a container in each engine, and say what keeps one that cannot" }),
  };

  protected async perform(): Promise<Outcome> {
    const { args, flags } = await this.parse(Doctor);
    if (args.image !== undefined && !flags.try) throw new RunnerError("USAGE", `Unexpected argument ${args.image}.`, { hint: `Did you mean --try ${args.image}?` });
    const look = async (runner: Runner): Promise<Pick<Diagnosis, "engines" | "jobs" | "trials">> => ({
      engines: await runner.engines(),
      jobs: await (flags.fix ? settle : unsettled)(runner),
      ...(flags.try ? { trials: await runner.tryEngines(args.image === undefined ? {} : { image: args.image }) } : {}),
    });
    const [{ engines, jobs, trials }, host] = await Promise.all([withRunner(look), hostFacts(process.env)]);
    const healthy = trials === undefined ? engines.some((engine) => engine.usable && engine.containers) : trials.some(({ works }) => works);
    const diagnosis: Diagnosis = { engines, host, jobs, healthy, ...(trials === undefined ? {} : { trials }) };
    return { text: flags.json ? `${JSON.stringify(diagnosis, null, 2)}\n` : renderDiagnosis(diagnosis), exitCode: healthy ? 0 : 1 };
  }
}

import { Flags } from "@oclif/core";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { hostFacts } from "../host-facts.ts";
import { settle, unsettled } from "../jobs/settle.ts";
import { withRunner } from "../open-runner.ts";
import { renderDiagnosis } from "../render/doctor.ts";

export default class Doctor extends BaseCommand {
  static override summary = "Check the engines, and settle what killed runners left.";
  static override description = "The exit code is 0 when at least one container engine is usable, else 1. With --fix, jobs whose runner was killed are gone on with, or ended, as their owner_gone says; containers and artifacts that nobody will complete are cleaned up.";
  static override usage = "doctor [FLAGS]";
  static override examples = ["<%= config.bin %> doctor", "<%= config.bin %> doctor --fix"];
  static override flags = { json: Flags.boolean({ description: "the findings as JSON" }), fix: Flags.boolean({ description: "settle what killed runners left" }) };

  protected async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Doctor);
    const [{ engines, jobs }, host] = await Promise.all([withRunner(async (runner) => ({ engines: await runner.engines(), jobs: await (flags.fix ? settle : unsettled)(runner) })), hostFacts(process.env)]);
    const healthy = engines.some((engine) => engine.usable && engine.containers);
    const diagnosis = { engines, host, jobs, healthy };
    return { text: flags.json ? `${JSON.stringify(diagnosis, null, 2)}\n` : renderDiagnosis(diagnosis), exitCode: healthy ? 0 : 1 };
  }
}

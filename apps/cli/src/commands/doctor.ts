import { Flags } from "@oclif/core";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { hostFacts } from "../host-facts.ts";
import { withRunner } from "../open-runner.ts";
import { renderDiagnosis } from "../render/doctor.ts";

export default class Doctor extends BaseCommand {
  static override summary = "Check which container engines work here.";
  static override description = "The exit code is 0 when at least one container engine is usable, else 1.";
  static override usage = "doctor [FLAGS]";
  static override examples = ["<%= config.bin %> doctor"];
  static override flags = { json: Flags.boolean({ description: "the findings as JSON" }) };

  protected async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Doctor);
    const [engines, host] = await Promise.all([withRunner((runner) => runner.engines()), hostFacts(process.env)]);
    const healthy = engines.some((engine) => engine.usable && engine.containers);
    const diagnosis = { engines, host, healthy };
    return { text: flags.json ? `${JSON.stringify(diagnosis, null, 2)}\n` : renderDiagnosis(diagnosis), exitCode: healthy ? 0 : 1 };
  }
}

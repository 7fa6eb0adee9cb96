import { Flags } from "@oclif/core";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { withRunner } from "../open-runner.ts";
import { renderEngines } from "../render/engines.ts";

export default class Engines extends BaseCommand {
  static override summary = "List every engine, what it can do, and why one can not be used.";
  static override description = "Those of this installation, and those of the modules that DISTRONODE_RUNNER_ENGINES names.";
  static override usage = "engines [FLAGS]";
  static override examples = ["<%= config.bin %> engines", "DISTRONODE_RUNNER_ENGINES=./mine.mjs <%= config.bin %> engines --json"];
  static override flags = { json: Flags.boolean({ char: "j", description: "as JSON" }) };

  protected async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Engines);
    const engines = await withRunner((runner) => runner.engines({ capabilities: true }));
    return { text: flags.json ? `${JSON.stringify(engines, null, 2)}\n` : renderEngines(engines) };
  }
}

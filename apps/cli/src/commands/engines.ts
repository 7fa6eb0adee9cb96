import { Args, Flags } from "@oclif/core";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { withRunner } from "../open-runner.ts";
import { renderEngines } from "../render/engines.ts";

export default class Engines extends BaseCommand {
  static override summary = "List engines, what they can do, and why one can not be used.";
  static override description = "Those of this installation, those of the modules that DISTRONODE_RUNNER_ENGINES names, those of packages installed for this user in ~/.local/share/distronode-runner, and with a private data directory those that its settings name (engine_plugins).";
  static override usage = "engines [PRIVATE_DATA_DIR] [FLAGS]";
  static override examples = ["<%= config.bin %> engines", "DISTRONODE_RUNNER_ENGINES=./mine.mjs <%= config.bin %> engines --json"];
  static override args = { private_data_dir: Args.string({ description: "directory whose settings count, too" }) };
  static override flags = { json: Flags.boolean({ char: "j", description: "as JSON" }) };

  protected async perform(): Promise<Outcome> {
    const { args, flags } = await this.parse(Engines);
    const engines = await withRunner((runner) => runner.engines({ capabilities: true, ...(args.private_data_dir === undefined ? {} : { privateDataDir: args.private_data_dir }) }));
    return { text: flags.json ? `${JSON.stringify(engines, null, 2)}\n` : renderEngines(engines) };
  }
}

import { Args, Flags } from "@oclif/core";
import { jobFlags } from "../../arguments/job-flags.ts";
import { jobRequest } from "../../arguments/job-request.ts";
import { runChoices } from "../../arguments/run-choices.ts";
import { BaseCommand, type Outcome } from "../../base-command.ts";
import { withRunner } from "../../open-runner.ts";
import { configurationJson, renderConfiguration } from "../../render/settings.ts";

const { json: _json, ...flagsOfRun } = jobFlags;

export default class ConfigShow extends BaseCommand {
  static override summary = "Show the settings that count, and where each comes from.";
  static override description = "With the flags of run it answers what that run would use. Secrets are masked. Reads env/settings and nothing else.";
  static override usage = "config show [PRIVATE_DATA_DIR] [--origin] [--json] [FLAGS]";
  static override examples = ["<%= config.bin %> config show ./demo --origin", "<%= config.bin %> config show ./demo --origin --container-image ee:1"];
  static override args = { private_data_dir: Args.string({ description: "private data directory; by default the current one", default: ".", ignoreStdin: true }) };
  static override flags = {
    origin: Flags.boolean({ description: "say who said so: a flag, an environment variable, a line of env/settings, or nobody" }),
    json: Flags.boolean({ char: "j", description: "as JSON" }),
    ...flagsOfRun,
  };

  protected async perform(): Promise<Outcome> {
    const { args, flags, raw } = await this.parse(ConfigShow);
    const { json, origin, ...others } = flags;
    const request = jobRequest(args, others, raw, { cwd: process.cwd(), environment: process.env, color: false, targetless: true });
    const settings = await withRunner((runner) => runner.settings(request));
    const flagged = settings.map(({ from, ...rest }) => ({ ...rest, from: from.startsWith("settings.") ? `--${flagOf(rest.key)}` : from }));
    const configuration = { choices: runChoices(request, others, process.env), settings: flagged };
    return { text: json ? configurationJson(configuration, origin) : renderConfiguration(configuration, origin) };
  }
}

/** What a command line puts among the settings of a request is a flag, which may do without `container-`. */
function flagOf(key: string): string {
  const name = key.replaceAll("_", "-");
  return [name, name.replace(/^container-/, "")].find((flag) => flag in flagsOfRun) ?? name;
}

import { Help as OclifHelp } from "@oclif/core";
import { renderColumns } from "./render/columns.ts";

/** oclif's help, with a front page of our own: what it is, the commands, how to begin. */
export class Help extends OclifHelp {
  constructor(...[config, options]: ConstructorParameters<typeof OclifHelp>) {
    super(config, { ...options, flagSortOrder: "none", hideCommandSummaryInDescription: true, maxWidth: Math.min(process.stdout.columns || 80, 100) });
  }

  protected override async showRootHelp(): Promise<void> {
    const { bin, commands, pjson } = this.config;
    const rows = commands.filter((command) => !command.hidden).map((command) => [`  ${command.id.replaceAll(":", " ")}`, command.summary ?? ""]);
    this.log(
      [
        `${pjson.description}.`,
        `USAGE\n  $ ${bin} COMMAND`,
        `COMMANDS\n${renderColumns(rows)}`,
        `EXAMPLES\n  $ ${bin} run ./demo -p site.yml\n  $ ${bin} explain ./demo -p site.yml\n  $ ${bin} run --help`,
        "Commands and flags are those of ansible-runner where both have them.\nNot there yet: transmit, worker (but for worker cleanup) and process.",
      ].join("\n\n"),
    );
  }
}

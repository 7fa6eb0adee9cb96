import { Help as OclifHelp, type Command } from "@oclif/core";
import { renderColumns } from "../render/columns.ts";
import { narrow, wrap } from "../render/wrap.ts";
import { groupsOf } from "./command-groups.ts";
import { renderCommandHelp } from "./command-help.ts";

/** The library finds out what help is wanted; the pages are our own. */
export class Help extends OclifHelp {
  protected override async showRootHelp(): Promise<void> {
    const { bin, commands, pjson } = this.config;
    const groups = groupsOf(commands.filter((command) => !command.hidden).map(({ id, summary = "" }) => ({ id, summary })));
    // One table, so that all groups have the same columns.
    const lines = renderColumns(groups.flatMap(({ commands: listed }) => listed.map(({ id, summary }) => [`  ${id.replaceAll(":", " ")}`, summary]))).split("\n");
    this.log(
      [
        wrap(`${pjson.description}.`, narrow),
        `USAGE\n  $ ${bin} COMMAND`,
        ...groups.map(({ title, commands: listed }) => [title.toUpperCase(), ...lines.splice(0, listed.length)].join("\n")),
        `EXAMPLES\n  $ ${bin} run ./demo -p site.yml\n  $ ${bin} explain ./demo -p site.yml\n  $ ${bin} run --help`,
        "Commands and flags are those of ansible-runner where both have them.\nNot there yet: transmit, worker (but for worker cleanup) and process.",
      ].join("\n\n"),
    );
  }

  override async showCommandHelp(command: Command.Loadable): Promise<void> {
    this.log(renderCommandHelp(await command.load(), command.id, this.config.bin));
  }
}

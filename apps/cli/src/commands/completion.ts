import { Args } from "@oclif/core";
import { BaseCommand, type Outcome } from "../base-command.ts";

export default class Completion extends BaseCommand {
  static override summary = "Print what makes a shell complete commands and flags.";
  static override description = "What is printed changes with the version of this program only, so it can be kept in a file.";
  static override usage = "completion (bash | zsh | fish)";
  static override examples = [
    "<%= config.bin %> completion bash > ~/.local/share/bash-completion/completions/<%= config.bin %>",
    "<%= config.bin %> completion zsh > ~/.zsh/completions/_<%= config.bin %>",
    "<%= config.bin %> completion fish > ~/.config/fish/completions/<%= config.bin %>.fish",
  ];
  static override args = { shell: Args.string({ description: "bash, zsh or fish", options: ["bash", "zsh", "fish"], required: true, ignoreStdin: true }) };
  static override flags = {};

  protected async perform(): Promise<Outcome> {
    const { args } = await this.parse(Completion);
    const { describedCommands } = await import("../completion/described-commands.ts");
    const { bin, commands } = this.config;
    const described = describedCommands(commands);
    if (args.shell === "bash") return { text: (await import("../completion/bash.ts")).bashCompletion(described, bin) };
    if (args.shell === "zsh") return { text: (await import("../completion/zsh.ts")).zshCompletion(described, bin) };
    return { text: (await import("../completion/fish.ts")).fishCompletion(described, bin) };
  }
}

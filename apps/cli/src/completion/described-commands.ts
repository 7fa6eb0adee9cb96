import type { Command } from "@oclif/core";

export interface DescribedFlag {
  readonly name: string;
  readonly char?: string;
  readonly takesValue: boolean;
  /** The values there are, if they are few. */
  readonly values: readonly string[];
  readonly text: string;
}

export interface DescribedCommand {
  /** One or two. */
  readonly words: readonly string[];
  readonly summary: string;
  readonly flags: readonly DescribedFlag[];
}

/** What a shell has to know of the commands. */
export function describedCommands(commands: readonly Command.Loadable[]): readonly DescribedCommand[] {
  return commands
    .filter(({ hidden }) => !hidden)
    .map(({ id, summary = "", flags }) => ({
      words: id.split(":"),
      summary,
      flags: [...Object.entries(flags).map(([name, flag]) => describedFlag(name, flag)), { name: "help", takesValue: false, values: [], text: "show what the command does and its flags" }],
    }));
}

function describedFlag(name: string, flag: Command.Flag.Any): DescribedFlag {
  const { char, description = "" } = flag;
  const option = flag.type === "option";
  return { name, ...(char === undefined ? {} : { char }), takesValue: option, values: option ? (flag.options ?? []) : [], text: description };
}

/** Topics, which are the first words of commands of two, with their second words. */
export function topicsOf(commands: readonly DescribedCommand[]): ReadonlyMap<string, readonly DescribedCommand[]> {
  const topics = new Map<string, DescribedCommand[]>();
  for (const command of commands.filter(({ words }) => words.length === 2)) topics.set(command.words[0]!, [...(topics.get(command.words[0]!) ?? []), command]);
  return topics;
}

import { topicsOf, type DescribedCommand } from "./described-commands.ts";

/** Completes commands and flags with what they are for; everything else is a file. */
export function fishCompletion(commands: readonly DescribedCommand[], bin: string): string {
  const topics = topicsOf(commands);
  const line = (condition: string, ...words: readonly string[]): string => `complete -c ${bin} -n ${quoted(condition)} ${words.join(" ")}`;
  const first = commands.filter(({ words }) => words.length === 1).map(({ words, summary }) => line("__fish_use_subcommand", "-f", `-a ${words[0]!}`, `-d ${quoted(summary)}`));
  const topic = [...topics].flatMap(([name, listed]) => {
    const seconds = listed.map(({ words }) => words[1]!).join(" ");
    return [
      line("__fish_use_subcommand", "-f", `-a ${name}`, `-d ${quoted(`commands about ${name}`)}`),
      ...listed.map(({ words, summary }) => line(`__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${seconds}`, "-f", `-a ${words[1]!}`, `-d ${quoted(summary)}`)),
    ];
  });
  const flags = commands.flatMap(({ words, flags: known }) => {
    const condition = words.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
    return known.map(({ name, char, takesValue, values, text }) =>
      line(condition, `-l ${name}`, ...(char === undefined ? [] : [`-s ${char}`]), ...(takesValue ? ["-r"] : []), ...(values.length === 0 ? [] : ["-f", `-a ${quoted(values.join(" "))}`]), `-d ${quoted(text)}`),
    );
  });
  return `# fish completion for ${bin}\n${[...first, ...topic, ...flags].join("\n")}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

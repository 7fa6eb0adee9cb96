import { topicsOf, type DescribedCommand, type DescribedFlag } from "./described-commands.ts";

/** Completes commands and flags with what they are for; everything else is a file. */
export function zshCompletion(commands: readonly DescribedCommand[], bin: string): string {
  const name = `_${bin.replaceAll("-", "_")}`;
  const topics = topicsOf(commands);
  const first = [...commands.filter(({ words }) => words.length === 1).map(({ words, summary }) => [words[0]!, summary] as const), ...[...topics.keys()].map((topic) => [topic, `commands about ${topic}`] as const)];
  return `#compdef ${bin}
# zsh completion for ${bin}
${name}() {
  local command="\${words[2]}"
  if (( CURRENT == 2 )); then
    local -a commands=(${first.map(([word, text]) => quoted(`${word}:${text}`)).join(" ")})
    _describe command commands
    return
  fi
  case $command in
${[...topics].map(([topic, listed]) => `    ${topic})\n      if (( CURRENT == 3 )); then\n        local -a commands=(${listed.map(({ words, summary }) => quoted(`${words[1]!}:${summary}`)).join(" ")})\n        _describe command commands\n        return\n      fi\n      command="$command \${words[3]}" ;;`).join("\n")}
  esac
  case $command in
${commands.map(({ words, flags }) => `    ${quoted(words.join(" "))}) _arguments ${flags.flatMap(specsOf).map(quoted).join(" ")} '*:file:_files' ;;`).join("\n")}
  esac
}
# The file of a function that completion loads itself, or read by hand.
if [[ $funcstack[1] == _${bin} ]]; then ${name} "$@"; else compdef ${name} ${bin}; fi
`;
}

function specsOf({ name, char, takesValue, values, text }: DescribedFlag): readonly string[] {
  const told = `[${text.replaceAll(/[[\]:\\]/g, "\\$&")}]`;
  const value = !takesValue ? "" : values.length > 0 ? `:value:(${values.join(" ")})` : ":value:_files";
  return [`*--${name}${takesValue ? "=" : ""}${told}${value}`, ...(char === undefined ? [] : [`*-${char}${told}${value}`])];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

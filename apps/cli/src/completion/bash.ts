import { topicsOf, type DescribedCommand } from "./described-commands.ts";

/** Completes commands, flags and the values of flags; everything else is a file. */
export function bashCompletion(commands: readonly DescribedCommand[], bin: string): string {
  const name = `_${bin.replaceAll("-", "_")}`;
  const topics = topicsOf(commands);
  const first = [...new Set(commands.map(({ words }) => words[0]!))];
  const flags = commands.map(({ words, flags: known }) => `    '${words.join(" ")}') choices='${known.flatMap(({ name: flag, char }) => [`--${flag}`, ...(char === undefined ? [] : [`-${char}`])]).join(" ")}' ;;`);
  const valued = new Map(commands.flatMap(({ flags: known }) => known.filter(({ values }) => values.length > 0).map(({ name: flag, values }) => [flag, values] as const)));
  return `# bash completion for ${bin}
${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' choices='' word i
  # Bash takes the sign between a flag and its value for a word.
  [[ $cur == = ]] && cur=''
  [[ $before == = ]] && before=\${COMP_WORDS[COMP_CWORD-2]}
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    [[ $word == -* ]] && continue
    case $command in
      '') command=$word ;;
      ${[...topics.keys()].join("|")}) command="$command $word" ;;
      *) break ;;
    esac
  done
  case $before in
${[...valued].map(([flag, values]) => `    --${flag}) COMPREPLY=($(compgen -W '${values.join(" ")}' -- "$cur")); return ;;`).join("\n")}
  esac
  case $command in
    '') choices='${first.join(" ")}' ;;
${[...topics].map(([topic, listed]) => `    ${topic}) choices='${listed.map(({ words }) => words[1]!).join(" ")}' ;;`).join("\n")}
    *) [[ $cur == -* ]] || return ;;&
${flags.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$choices" -- "$cur"))
}
complete -o default -F ${name} ${bin}
`;
}

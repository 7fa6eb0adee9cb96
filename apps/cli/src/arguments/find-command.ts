import { findFlag, type KnownFlag } from "./argument-vector.ts";

export interface FoundCommand {
  /** Undefined: no command was named at all. */
  readonly id: string | undefined;
  /** Everything else, with options that stood before the command behind it. */
  readonly words: readonly string[];
}

/** The command of a command line. Options may stand before it, and count as if they stood behind it. Commands of two words have the id `a:b`. */
export function findCommand(words: readonly string[], ids: readonly string[], flags: readonly KnownFlag[]): FoundCommand {
  let at = 0;
  while (at < words.length && words[at] !== "--" && words[at]!.startsWith("-")) at += takesNextWord(words[at]!, flags) ? 2 : 1;
  const leading = words.slice(0, at);
  const [first, second, ...rest] = words.slice(at);
  if (first === undefined || first === "--") return { id: undefined, words: leading };
  if (second !== undefined && ids.includes(`${first}:${second}`)) return { id: `${first}:${second}`, words: [...leading, ...rest] };
  return { id: first, words: [...leading, ...(second === undefined ? [] : [second]), ...rest] };
}

function takesNextWord(word: string, flags: readonly KnownFlag[]): boolean {
  const flag = word.startsWith("--") ? findFlag(word.slice(2), flags) : flags.find(({ char }) => word === `-${char}`);
  return flag !== undefined && flag.takes !== "nothing";
}

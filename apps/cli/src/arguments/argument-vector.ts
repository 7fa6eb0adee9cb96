/**
 * Bridges habits of argparse, which users of `ansible-runner` know, to oclif's parser:
 *
 * - a flag may be shortened as long as only one begins like that (`--playb`);
 * - a value may begin with dashes: `--cmdline=-v`, or as a word of its own when it contains a space (`--cmdline '--forks 3'`).
 *   oclif would take such a value for flags, so it is marked with a character that no argument can contain;
 * - some flags take any number of words, up to the next flag. They become one flag for each word.
 */
const mark = "\0";

export interface KnownFlag {
  readonly name: string;
  readonly char?: string;
  readonly takes: "nothing" | "value" | "values";
}

export function normalizeArguments(words: readonly string[], flags: readonly KnownFlag[]): string[] {
  const result: string[] = [];
  let open: KnownFlag | undefined;
  for (const [index, word] of words.entries()) {
    if (word === "--") return [...result, ...words.slice(index)];
    const [, name, value] = /^--([^=\s]+)(?:=(.*))?$/s.exec(word) ?? [];
    const flag = name === undefined ? flags.find(({ char }) => char !== undefined && word === `-${char}`) : findFlag(name, flags);
    if (name !== undefined) {
      const full = `--${flag?.name ?? name}`;
      if (value !== undefined) result.push(...(value.startsWith("-") ? [full, mark + value] : [`${full}=${value}`]));
      else if (flag?.takes !== "values") result.push(full);
      open = value === undefined && flag !== undefined && flag.takes !== "nothing" ? flag : undefined;
    } else if (flag !== undefined) {
      result.push(word);
      open = flag.takes === "nothing" ? undefined : flag;
    } else if (open !== undefined && (!word.startsWith("-") || word.includes(" "))) {
      result.push(...(open.takes === "values" ? [`--${open.name}`] : []), word.startsWith("-") ? mark + word : word);
      if (open.takes === "value") open = undefined;
    } else {
      result.push(word);
      open = undefined;
    }
  }
  return result;
}

/** A parsed value as the user wrote it. */
export function unmark<T>(value: T): T {
  if (typeof value === "string") return (value.startsWith(mark) ? value.slice(1) : value) as T;
  return Array.isArray(value) ? (value.map((item: unknown) => unmark(item)) as T) : value;
}

/** The flag of this name, or the only one whose name begins with it. */
export function findFlag(name: string, flags: readonly KnownFlag[]): KnownFlag | undefined {
  const exact = flags.find((flag) => flag.name === name);
  if (exact !== undefined) return exact;
  const matches = flags.filter((flag) => flag.name.startsWith(name));
  return matches.length === 1 ? matches[0] : undefined;
}

/**
 * Bridges two habits of argparse, which users of `ansible-runner` know, to oclif's parser:
 *
 * - a flag may be shortened as long as only one begins like that (`--playb`);
 * - a value may begin with dashes: `--cmdline=-v`, or as a word of its own when it contains a space (`--cmdline '--forks 3'`).
 *   oclif would take such a value for flags, so it is marked with a character that no argument can contain.
 */
const mark = "\0";

export interface KnownFlag {
  readonly name: string;
  readonly takesValue: boolean;
}

export function normalizeArguments(words: readonly string[], flags: readonly KnownFlag[]): string[] {
  const result: string[] = [];
  let valueExpected = false;
  for (const [index, word] of words.entries()) {
    if (word === "--") return [...result, ...words.slice(index)];
    const [, name, value] = /^--([^=\s]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name !== undefined) {
      const flag = findFlag(name, flags);
      const full = `--${flag?.name ?? name}`;
      if (value === undefined) result.push(full);
      else if (value.startsWith("-")) result.push(full, mark + value);
      else result.push(`${full}=${value}`);
      valueExpected = value === undefined && flag?.takesValue === true;
    } else {
      result.push(valueExpected && word.startsWith("-") && word.includes(" ") ? mark + word : word);
      valueExpected = false;
    }
  }
  return result;
}

/** A parsed value as the user wrote it. */
export function unmark<T>(value: T): T {
  if (typeof value === "string") return (value.startsWith(mark) ? value.slice(1) : value) as T;
  return Array.isArray(value) ? (value.map((item: unknown) => unmark(item)) as T) : value;
}

function findFlag(name: string, flags: readonly KnownFlag[]): KnownFlag | undefined {
  const exact = flags.find((flag) => flag.name === name);
  if (exact !== undefined) return exact;
  const matches = flags.filter((flag) => flag.name.startsWith(name));
  return matches.length === 1 ? matches[0] : undefined;
}

import { RunnerError } from "@distronode-runner/contract";
import { readLiteral } from "./python-literal.ts";

/**
 * `--role-vars 'k=v k2="v 2"'`. A value is a Python literal (`1`, `True`, `None`, `['a', 'b']`, `"v 2"`) if it reads as one, else the text
 * up to the next space, in which a further `=` is nothing special.
 */
export function parseRoleVars(text: string): Record<string, unknown> {
  const variables: Record<string, unknown> = {};
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const name = /^[^\s=]+(?==)/.exec(text.slice(at))?.[0];
    if (name === undefined) throw malformed(Object.keys(variables).at(-1));
    const begin = at + name.length + 1;
    const literal = readLiteral(text, begin);
    const end = literal !== undefined && /^(\s|$)/.test(text.slice(literal.end)) ? literal.end : undefined;
    const word = /^\S*/.exec(text.slice(begin))![0];
    variables[name] = end === undefined ? word : literal!.value;
    at = skipSpace(text, end ?? begin + word.length);
  }
  return variables;
}

function skipSpace(text: string, at: number): number {
  return at + /^\s*/.exec(text.slice(at))![0].length;
}

/** The word itself may be the second half of a secret. */
function malformed(last: string | undefined): RunnerError {
  return new RunnerError("REQUEST_INVALID", `--role-vars has a word that is not NAME=VALUE, ${last === undefined ? "at its beginning" : `behind ${last}`}.`, { hint: `Quote a value that has spaces: --role-vars 'greeting="good day" count=3'.` });
}

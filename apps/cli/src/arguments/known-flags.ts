import type { Command } from "@oclif/core";
import type { KnownFlag } from "./argument-vector.ts";

/** On a flag that takes all words up to the next flag, as in `argparse`. */
export interface ListFlag {
  readonly takesWords?: true;
}

/** The flags of a command, as the words of a command line are read. */
export function knownFlags(flags: Command.Class["flags"]): KnownFlag[] {
  return Object.entries(flags).map(([name, flag]) => ({
    name,
    ...(flag.char === undefined ? {} : { char: flag.char }),
    takes: flag.type === "boolean" ? "nothing" : (flag as ListFlag).takesWords === true ? "values" : "value",
  }));
}

import type { Command } from "@oclif/core";
import type { KnownFlag } from "./argument-vector.ts";

/** The flags of a command. One whose help shows `WORDS...` takes several words. */
export function knownFlags(flags: Command.Class["flags"]): KnownFlag[] {
  return Object.entries(flags).map(([name, flag]) => ({
    name,
    ...(flag.char === undefined ? {} : { char: flag.char }),
    takes: flag.type === "boolean" ? "nothing" : String(flag.helpValue).endsWith("...") ? "values" : "value",
  }));
}

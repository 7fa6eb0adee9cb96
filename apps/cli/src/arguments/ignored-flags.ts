import { Flags, type Interfaces } from "@oclif/core";
import { jobFlags } from "./job-flags.ts";

/** The flags of `run`, for commands that take them for the sake of scripts and do not look at them. */
export const ignoredFlags: Interfaces.FlagInput = Object.fromEntries(
  Object.entries(jobFlags).map(([name, flag]) => {
    const short = flag.char === undefined ? {} : { char: flag.char };
    return [name, flag.type === "boolean" ? Flags.boolean({ ...short, hidden: true }) : Flags.string({ ...short, helpValue: String(flag.helpValue), hidden: true, multiple: true, multipleNonGreedy: true })];
  }),
);

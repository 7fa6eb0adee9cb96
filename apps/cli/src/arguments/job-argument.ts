import { Args } from "@oclif/core";

/** What commands about a job take that exists already. */
export const jobArgument = {
  job: Args.string({ description: "ident of a job on this machine, or the path of its artifact directory", required: true, ignoreStdin: true }),
};

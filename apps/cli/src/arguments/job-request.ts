import { RunnerError, type JobRequest } from "@distronode-runner/contract";
import type { Interfaces } from "@oclif/core";
import type { jobArguments, jobFlags } from "./job-flags.ts";

type Flags = Partial<Interfaces.InferredFlags<typeof jobFlags>>;
type Arguments = Interfaces.InferredArgs<typeof jobArguments>;

/** The command line as a request. What was not said is left out, so that settings and defaults apply. */
export function jobRequest(args: Arguments, flags: Flags, tokens: Interfaces.ParserOutput["raw"], color: boolean): JobRequest {
  if (flags.playbook === undefined) {
    throw new RunnerError("REQUEST_INVALID", "No playbook was given.", { hint: "Name one with -p PLAYBOOK, or in RUNNER_PLAYBOOK." });
  }
  const verbosity = tokens.filter((token) => token.type === "flag" && token.flag === "verbose").length;
  return defined({
    privateDataDir: args.private_data_dir,
    playbook: flags.playbook,
    ident: flags.ident,
    inventory: flags.inventory,
    limit: flags.limit,
    verbosity: verbosity === 0 ? undefined : verbosity,
    cmdline: flags.cmdline,
    artifactDir: flags["artifact-dir"],
    projectDir: flags["project-dir"],
    json: flags.json,
    quiet: flags.quiet,
    color: color ? true : undefined,
    processIsolation: flags["process-isolation"],
    processIsolationExecutable: flags["process-isolation-executable"],
    containerImage: flags["container-image"],
    containerVolumeMounts: flags["container-volume-mount"],
    containerOptions: flags["container-option"],
  });
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

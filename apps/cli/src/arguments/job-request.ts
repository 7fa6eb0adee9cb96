import { resolve } from "node:path";
import { RunnerError, type JobRequest } from "@distronode-runner/contract";
import type { Interfaces } from "@oclif/core";
import { fromEnvironment, rolesPathOf, type Environment } from "./environment.ts";
import type { jobArguments, jobFlags } from "./job-flags.ts";
import { parseRoleVars } from "./role-vars.ts";
import { chooseTarget } from "./target.ts";

type Flags = Partial<Interfaces.InferredFlags<typeof jobFlags>>;
type Arguments = Interfaces.InferredArgs<typeof jobArguments>;

export interface Caller {
  readonly cwd: string;
  readonly environment: Environment;
  /** Whether the console shows colours. */
  readonly color: boolean;
  /** Nothing has to be named to run. */
  readonly targetless?: boolean;
}

/** The command line as a request. What was not said is left out, so that settings and defaults apply. */
export function jobRequest(args: Arguments, flags: Flags, tokens: Interfaces.ParserOutput["raw"], caller: Caller): JobRequest {
  const binary = flags.binary ?? fromEnvironment("BINARY", caller.environment)?.value;
  const target = chooseTarget({ ...flags, binary: binary ?? (caller.targetless === true ? "" : undefined) }, caller.environment);
  if (flags.hosts !== undefined && target.module === undefined && target.role === undefined) {
    throw new RunnerError("REQUEST_INVALID", "--hosts goes with -m or -r only.", { hint: "A playbook names its hosts; --limit runs it for some of them." });
  }
  const verbosity = tokens.filter((token) => token.type === "flag" && token.flag === "verbose").length;
  return defined({
    privateDataDir: args.private_data_dir,
    ...target,
    moduleArgs: target.module === undefined ? undefined : flags.args,
    ...(target.role === undefined ? {} : roleOf(flags)),
    rolesPath: flags["roles-path"] ?? (target.role === undefined ? undefined : rolesPathOf(caller.environment)?.value),
    hosts: flags.hosts,
    binary,
    ident: flags.ident,
    // A list, which holds names alone: on a command line, text with blanks is a path that was mistyped.
    inventory: flags.inventory === undefined ? undefined : [flags.inventory],
    limit: flags.limit,
    forks: flags.forks,
    verbosity: verbosity === 0 ? undefined : verbosity,
    cmdline: flags.cmdline,
    artifactDir: flags["artifact-dir"],
    projectDir: flags["project-dir"],
    rotateArtifacts: flags["rotate-artifacts"],
    omitEventData: flags["omit-event-data"],
    onlyFailedEventData: flags["only-failed-event-data"],
    json: flags.json,
    quiet: flags.quiet,
    color: caller.color ? true : undefined,
    processIsolation: flags["process-isolation"],
    processIsolationExecutable: flags["process-isolation-executable"],
    containerImage: flags["container-image"],
    offline: flags.offline,
    terminal: flags.terminal,
    containerVolumeMounts: flags["container-volume-mount"],
    containerOptions: flags["container-option"],
    settings: isolationSettings(flags, caller.cwd),
  });
}

function roleOf(flags: Flags): Pick<JobRequest, "roleVars" | "roleSkipFacts"> {
  return defined({ roleVars: flags["role-vars"] === undefined ? undefined : parseRoleVars(flags["role-vars"]), roleSkipFacts: flags["role-skip-facts"] });
}

/** Flags that have no field of their own in a request. Paths are the caller's. */
function isolationSettings(flags: Flags, cwd: string): Record<string, unknown> | undefined {
  const path = (value: string | undefined): string | undefined => (value === undefined ? undefined : resolve(cwd, value));
  const paths = (values: readonly string[] | undefined): string[] | undefined => values?.map((value) => resolve(cwd, value));
  const settings = defined({
    process_isolation_path: path(flags["process-isolation-path"]),
    process_isolation_hide_paths: paths(flags["process-isolation-hide-paths"]),
    process_isolation_show_paths: paths(flags["process-isolation-show-paths"]),
    process_isolation_ro_paths: paths(flags["process-isolation-ro-paths"]),
    directory_isolation_base_path: path(flags["directory-isolation-base-path"]),
    container_pull_policy: flags["pull-policy"],
    container_ssh_mounts: flags["no-ssh-mounts"] === true ? false : undefined,
  });
  return Object.keys(settings).length === 0 ? undefined : settings;
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

import { Args, Flags } from "@oclif/core";

/** What commands about a private data directory take. Names and meaning are those of `ansible-runner`. */
export const jobArguments = {
  private_data_dir: Args.string({ description: "private data directory (project, inventory, env)", required: true, ignoreStdin: true }),
};

/** On every command. */
export const debugFlags = {
  debug: Flags.boolean({ description: "say on stderr what the runner does; secrets are not shown" }),
  logfile: Flags.string({ helpValue: "FILE", description: "append what --debug says to a file" }),
};

const repeatable = { multiple: true, multipleNonGreedy: true } as const;
const adHoc = { helpGroup: "module and role" };
const container = { helpGroup: "container" };
const isolation = { helpGroup: "isolation" };

const runnerFlags = {
  playbook: Flags.string({ char: "p", helpValue: "FILE", description: "playbook, relative to the project directory" }),
  module: Flags.string({ char: "m", helpValue: "NAME", description: "module to run, instead of a playbook" }),
  role: Flags.string({ char: "r", helpValue: "NAME", description: "role to run, instead of a playbook" }),
  ident: Flags.string({ char: "i", helpValue: "NAME", description: "name of the artifact directory (default: a new UUID)" }),
  json: Flags.boolean({ char: "j", description: "print events as JSON, one a line" }),
  quiet: Flags.boolean({ char: "q", description: "print nothing of the tool" }),
  verbose: Flags.boolean({ char: "v", helpLabel: "-v", description: "more detail; more with -vv, -vvv, ..." }),
  inventory: Flags.string({ helpValue: "PATH", description: "inventory instead of the directory's own" }),
  limit: Flags.string({ helpValue: "PATTERN", description: "hosts to limit the play to" }),
  forks: Flags.string({ helpValue: "N", description: "hosts worked on at once" }),
  cmdline: Flags.string({ helpValue: "OPTIONS", description: "options for the tool, as in --cmdline '--tags web'" }),
  binary: Flags.string({ char: "b", helpValue: "FILE", description: "executable to run instead of the tool" }),
  "artifact-dir": Flags.string({ helpValue: "DIR", description: "where artifact directories are made" }),
  "project-dir": Flags.string({ helpValue: "DIR", description: "project directory" }),
  "rotate-artifacts": Flags.integer({ helpValue: "N", min: 0, description: "keep the artifacts of the newest N jobs; 0: all" }),
  "omit-event-data": Flags.boolean({ description: "events without their data" }),
  "only-failed-event-data": Flags.boolean({ description: "events with their data only for failures" }),
  terminal: Flags.boolean({ description: "give the tool a terminal, on which it can ask; see answer" }),
  "omit-env-files": Flags.boolean({ description: "accepted; nothing is ever written to env/" }),
};

const adHocFlags = {
  args: Flags.string({ char: "a", ...adHoc, helpValue: "ARGS", description: "arguments of the module" }),
  hosts: Flags.string({ ...adHoc, helpValue: "PATTERN", description: "hosts to run the module or role on" }),
  "roles-path": Flags.string({ ...adHoc, helpValue: "DIRS", description: "where roles are, before those of the private data directory" }),
  "role-vars": Flags.string({ ...adHoc, helpValue: "'K=V ...'", description: "variables of the role; values with spaces are quoted" }),
  "role-skip-facts": Flags.boolean({ ...adHoc, description: "gather no facts before the role" }),
};

/** `PATHS`, to which help adds dots: the flag takes all words up to the next flag, as in `argparse`. */
const isolationFlags = {
  "process-isolation": Flags.boolean({ ...container, description: "run in a container, or a sandbox" }),
  "process-isolation-executable": Flags.string({ ...container, helpValue: "ENGINE", description: "podman (default), docker, auto, or bwrap" }),
  "container-image": Flags.string({ ...container, helpValue: "IMAGE", description: "execution environment image" }),
  "pull-policy": Flags.string({ ...container, options: ["missing", "never", "always", "newer"], description: "when to fetch the image (default: missing)" }),
  "no-ssh-mounts": Flags.boolean({ ...container, description: "show neither ~/.ssh nor the ssh agent in the container" }),
  offline: Flags.boolean({ ...container, description: "never ask a registry: the image must be here" }),
  "container-volume-mount": Flags.string({ ...container, ...repeatable, helpValue: "SRC:DST[:ro]", description: "further mount; repeatable" }),
  "container-option": Flags.string({ ...container, ...repeatable, helpValue: "OPTION", description: "engine option, as in --container-option=--network=none; repeatable" }),
  "process-isolation-path": Flags.string({ ...isolation, helpValue: "DIR", description: "where a sandbox keeps its staging directory" }),
  "process-isolation-hide-paths": Flags.string({ ...isolation, ...repeatable, helpValue: "PATHS", description: "paths hidden from a sandbox" }),
  "process-isolation-show-paths": Flags.string({ ...isolation, ...repeatable, helpValue: "PATHS", description: "paths shown in a sandbox" }),
  "process-isolation-ro-paths": Flags.string({ ...isolation, ...repeatable, helpValue: "PATHS", description: "paths shown read-only in a sandbox" }),
  "directory-isolation-base-path": Flags.string({ ...isolation, helpValue: "DIR", description: "where throw-away copies of the project are made" }),
};

export const jobFlags = { ...runnerFlags, ...adHocFlags, ...isolationFlags, ...debugFlags };

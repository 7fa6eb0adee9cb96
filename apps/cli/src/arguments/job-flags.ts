import { Args, Flags } from "@oclif/core";

/** What commands about a private data directory take. Names and meaning are those of `ansible-runner`. */
export const jobArguments = {
  private_data_dir: Args.string({ description: "private data directory (project, inventory, env)", required: true, ignoreStdin: true }),
};

const target = { helpGroup: "what to run" };
const play = { helpGroup: "how to run it" };
const output = { helpGroup: "what is shown" };
const artifacts = { helpGroup: "artifacts" };
const container = { helpGroup: "in a container" };
const isolation = { helpGroup: "in a sandbox, or on a copy of the project" };
const diagnosis = { helpGroup: "diagnosis" };
const repeatable = { multiple: true, multipleNonGreedy: true } as const;
/** All words up to the next flag. */
const words = { ...repeatable, takesWords: true } as const;

/** On every command that is about a private data directory. */
export const debugFlags = {
  debug: Flags.boolean({ ...diagnosis, description: "say on stderr what the runner does; secrets are not shown" }),
  logfile: Flags.string({ ...diagnosis, helpValue: "FILE", description: "append what --debug says to a file" }),
};

const targetFlags = {
  playbook: Flags.string({ ...target, char: "p", helpValue: "FILE", description: "playbook, relative to the project directory" }),
  module: Flags.string({ ...target, char: "m", helpValue: "NAME", description: "module" }),
  args: Flags.string({ ...target, char: "a", helpValue: "ARGS", description: "arguments of the module" }),
  role: Flags.string({ ...target, char: "r", helpValue: "NAME", description: "role" }),
  "role-vars": Flags.string({ ...target, helpValue: "'K=V ...'", description: "variables of the role; values with spaces are quoted" }),
  "role-skip-facts": Flags.boolean({ ...target, description: "gather no facts before the role" }),
  "roles-path": Flags.string({ ...target, helpValue: "DIRS", description: "where roles are, before those of the private data directory" }),
  hosts: Flags.string({ ...target, helpValue: "PATTERN", description: "hosts to run the module or role on" }),
  binary: Flags.string({ ...target, char: "b", helpValue: "FILE", description: "executable to run instead of the tool" }),
};

const playFlags = {
  inventory: Flags.string({ ...play, helpValue: "PATH", description: "inventory instead of the directory's own, or a list of hosts with a comma" }),
  limit: Flags.string({ ...play, helpValue: "PATTERN", description: "hosts to limit the play to" }),
  forks: Flags.string({ ...play, helpValue: "N", description: "hosts worked on at once" }),
  verbose: Flags.boolean({ ...play, char: "v", helpLabel: "-v", description: "more detail; more with -vv, -vvv, ..." }),
  cmdline: Flags.string({ ...play, helpValue: "OPTIONS", description: "options for the tool, as in --cmdline '--tags web -e x=1'" }),
  "project-dir": Flags.string({ ...play, helpValue: "DIR", description: "project directory" }),
  terminal: Flags.boolean({ ...play, description: "give the tool a terminal, on which it can ask; see answer" }),
};

const outputFlags = {
  json: Flags.boolean({ ...output, char: "j", description: "print events as JSON, one a line" }),
  quiet: Flags.boolean({ ...output, char: "q", description: "print nothing of the tool" }),
};

const artifactFlags = {
  ident: Flags.string({ ...artifacts, char: "i", helpValue: "NAME", description: "name of the artifact directory (default: a new UUID); what an ended job left there is replaced" }),
  "artifact-dir": Flags.string({ ...artifacts, helpValue: "DIR", description: "where artifact directories are made" }),
  "rotate-artifacts": Flags.integer({ ...artifacts, helpValue: "N", min: 0, description: "keep the artifacts of the newest N jobs; 0: all" }),
  "omit-event-data": Flags.boolean({ ...artifacts, description: "events without their data" }),
  "only-failed-event-data": Flags.boolean({ ...artifacts, description: "events with their data only for failures" }),
  "omit-env-files": Flags.boolean({ ...artifacts, description: "accepted; nothing is ever written to env/" }),
};

const containerFlags = {
  "process-isolation": Flags.boolean({ ...container, description: "run in a container, or a sandbox" }),
  "process-isolation-executable": Flags.string({ ...container, helpValue: "ENGINE", description: "podman (default), docker, auto, or bwrap" }),
  "container-image": Flags.string({ ...container, helpValue: "IMAGE", description: "execution environment image" }),
  "pull-policy": Flags.string({ ...container, helpValue: "POLICY", options: ["missing", "never", "always", "newer"], description: "when to fetch the image: missing (default), never, always, newer" }),
  "no-ssh-mounts": Flags.boolean({ ...container, description: "show neither ~/.ssh nor the ssh agent in the container" }),
  offline: Flags.boolean({ ...container, description: "never ask a registry: the image must be here" }),
  "container-volume-mount": Flags.string({ ...container, ...repeatable, helpValue: "SRC:DST[:ro]", description: "further mount" }),
  "container-option": Flags.string({ ...container, ...repeatable, helpValue: "OPTION", description: "engine option, as in --container-option=--network=none" }),
};

const isolationFlags = {
  "process-isolation-path": Flags.string({ ...isolation, helpValue: "DIR", description: "where a sandbox keeps its staging directory" }),
  "process-isolation-hide-paths": Flags.string({ ...isolation, ...words, helpValue: "PATH", description: "paths hidden from a sandbox" }),
  "process-isolation-show-paths": Flags.string({ ...isolation, ...words, helpValue: "PATH", description: "paths shown in a sandbox" }),
  "process-isolation-ro-paths": Flags.string({ ...isolation, ...words, helpValue: "PATH", description: "paths shown read-only in a sandbox" }),
  "directory-isolation-base-path": Flags.string({ ...isolation, helpValue: "DIR", description: "where throw-away copies of the project are made" }),
};

export const jobFlags = { ...targetFlags, ...playFlags, ...outputFlags, ...artifactFlags, ...containerFlags, ...isolationFlags, ...debugFlags };

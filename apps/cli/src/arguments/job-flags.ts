import { Args, Flags } from "@oclif/core";

/** What `run` and `explain` take. Names and meaning are those of `ansible-runner`. */
export const jobArguments = {
  private_data_dir: Args.string({ description: "private data directory (project, inventory, env)", required: true, ignoreStdin: true }),
};

const container = { helpGroup: "container" };

export const jobFlags = {
  playbook: Flags.string({ char: "p", helpValue: "FILE", env: "RUNNER_PLAYBOOK", description: "playbook, relative to the project directory" }),
  ident: Flags.string({ char: "i", helpValue: "NAME", description: "name of the artifact directory (default: a new UUID)" }),
  json: Flags.boolean({ char: "j", description: "print events as JSON, one a line" }),
  quiet: Flags.boolean({ char: "q", description: "print nothing of the tool" }),
  verbose: Flags.boolean({ char: "v", helpLabel: "-v", description: "more detail; more with -vv, -vvv, ..." }),
  inventory: Flags.string({ helpValue: "PATH", description: "inventory instead of the directory's own" }),
  limit: Flags.string({ helpValue: "PATTERN", description: "hosts to limit the play to" }),
  cmdline: Flags.string({ helpValue: "OPTIONS", description: "options for the tool, as in --cmdline '--forks 3'" }),
  "artifact-dir": Flags.string({ helpValue: "DIR", description: "where artifact directories are made" }),
  "project-dir": Flags.string({ helpValue: "DIR", description: "project directory" }),
  "process-isolation": Flags.boolean({ ...container, description: "run in a container" }),
  "process-isolation-executable": Flags.string({ ...container, helpValue: "ENGINE", description: "podman (default), docker, or auto" }),
  "container-image": Flags.string({ ...container, helpValue: "IMAGE", description: "execution environment image" }),
  "container-volume-mount": Flags.string({ ...container, helpValue: "SRC:DST[:ro]", multiple: true, multipleNonGreedy: true, description: "further mount; repeatable" }),
  "container-option": Flags.string({ ...container, helpValue: "OPTION", multiple: true, multipleNonGreedy: true, description: "engine option, as in --container-option=--network=none; repeatable" }),
};

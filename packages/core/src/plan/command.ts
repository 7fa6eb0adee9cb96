/** Facts for the tool's command line; the order of its parts is the peer's. */
export interface CommandInput {
  readonly cmdline: readonly string[];
  readonly inventory: readonly string[];
  readonly limit: string | undefined;
  /** Path of `env/extravars` as the tool sees it. */
  readonly extravarsFile: string | undefined;
  readonly verbosity: number;
  readonly playbook: string;
}

export function playbookCommand(input: CommandInput): readonly string[] {
  return [
    "ansible-playbook",
    ...input.cmdline,
    ...input.inventory.flatMap((inventory) => ["-i", inventory]),
    ...(input.limit === undefined ? [] : ["--limit", input.limit]),
    ...(input.extravarsFile === undefined ? [] : ["-e", `@${input.extravarsFile}`]),
    ...(input.verbosity > 0 ? [`-${"v".repeat(input.verbosity)}`] : []),
    input.playbook,
  ];
}

/** Names under which an executable may be found, best first. */
export function candidates(executable: string): readonly string[] {
  return executable.startsWith("ansible") ? [executable.replace("ansible", "distronode"), executable] : [executable];
}

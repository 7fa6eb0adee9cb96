import type { Target } from "./target.ts";

/** Facts for the tool's command line; the order of its parts is the peer's. */
export interface CommandInput {
  readonly target: Target;
  readonly cmdline: readonly string[];
  readonly inventory: readonly string[];
  readonly limit: string | undefined;
  /** Values of `-e`. */
  readonly extravars: readonly string[];
  readonly verbosity: number;
  readonly tags: string | undefined;
  readonly skipTags: string | undefined;
  readonly forks: number | string | undefined;
}

export function planCommand(input: CommandInput): readonly string[] {
  const { target } = input;
  if (!target.options) return [target.executable, ...target.tail];
  const option = (name: string, value: string | number | undefined): string[] => (value === undefined ? [] : [name, String(value)]);
  return [
    target.executable,
    ...input.cmdline,
    ...input.inventory.flatMap((inventory) => ["-i", inventory]),
    ...option("--limit", input.limit),
    ...input.extravars.flatMap((extravars) => ["-e", extravars]),
    ...(input.verbosity > 0 ? [`-${"v".repeat(input.verbosity)}`] : []),
    ...option("--tags", input.tags),
    ...option("--skip-tags", input.skipTags),
    ...option("--forks", input.forks),
    ...target.tail,
  ];
}

/** Names under which an executable may be found, best first. */
export function candidates(executable: string): readonly string[] {
  return /^ansible(-|$)/.test(executable) ? [executable.replace("ansible", "distronode"), executable] : [executable];
}

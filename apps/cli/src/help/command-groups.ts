export interface ListedCommand {
  readonly id: string;
  readonly summary: string;
}

export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly ListedCommand[];
}

/** Title -> commands and topics, in the order in which they are shown. */
const groups: Readonly<Record<string, readonly string[]>> = {
  "run jobs": ["run", "explain", "config"],
  "jobs on this machine": ["ps", "ls", "attach", "logs", "events", "wait", "cancel", "answer", "rm"],
  "one job of a directory, in the background": ["start", "stop", "is-alive"],
  engines: ["doctor", "engines", "images", "worker"],
  others: ["serve", "completion"],
};

/** Commands by what they are for. One that is in no group is among the last. */
export function groupsOf(commands: readonly ListedCommand[]): readonly CommandGroup[] {
  const groupOf = ({ id }: ListedCommand): string => Object.entries(groups).find(([, names]) => names.includes(id.split(":")[0]!))?.[0] ?? "others";
  return Object.keys(groups)
    .map((title) => ({ title, commands: commands.filter((command) => groupOf(command) === title) }))
    .filter(({ commands: listed }) => listed.length > 0);
}

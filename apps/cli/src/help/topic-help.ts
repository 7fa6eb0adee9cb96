import { renderColumns } from "../render/columns.ts";
import type { ListedCommand } from "./command-groups.ts";

/** The commands that begin with this word. */
export function renderTopicHelp(topic: string, commands: readonly ListedCommand[], bin: string): string {
  const listed = commands.filter(({ id }) => id.startsWith(`${topic}:`)).map(({ id, summary }) => [`  ${id.replaceAll(":", " ")}`, summary]);
  return `USAGE\n  $ ${bin} ${topic} COMMAND\n\nCOMMANDS\n${renderColumns(listed)}\n\n${bin} ${topic} COMMAND --help says more.\n`;
}

import type { Command } from "@oclif/core";
import type { ListFlag } from "../arguments/known-flags.ts";
import { narrow, wrap } from "../render/wrap.ts";

type Flag = Command.Class["flags"][string] & ListFlag;

/** Names of flags and arguments are not wider than this; what is has its text on the next line. */
const widest = 31;

/** The help of one command, no wider than a usual terminal. */
export function renderCommandHelp(command: Command.Class, id: string, bin: string): string {
  const { summary, description, usage, examples } = command;
  const flags = Object.entries(command.flags).filter(([, flag]) => flag.hidden !== true);
  const args = Object.entries(command.args).map(([name, { description: text = "", default: value }]): Row => [name.toUpperCase(), withDefault(text, value)]);
  const rows = new Map<string, Row[]>();
  for (const [name, flag] of flags) {
    const group = flag.helpGroup ?? "flags";
    rows.set(group, [...(rows.get(group) ?? []), [nameOf(name, flag), textOf(flag)]]);
  }
  const column = Math.max(...[...args, ...[...rows.values()].flat()].map(([name]) => name.length).filter((width) => width <= widest), 0) + 4;
  const names = id.replaceAll(":", " ");
  return [
    summary ?? "",
    `USAGE\n${wrap(`  $ ${bin} ${String(usage ?? names)}`, narrow, "      ")}`,
    ...(args.length === 0 ? [] : [`ARGUMENTS\n${renderRows(args, column)}`]),
    ...[...rows].map(([group, listed]) => `${group.toUpperCase()}\n${renderRows(listed, column)}`),
    ...(description === undefined ? [] : [`DESCRIPTION\n${wrap(`  ${description.replaceAll("<%= config.bin %>", bin)}`, narrow, "  ")}`]),
    ...(examples.length === 0 ? [] : [`EXAMPLES\n${examples.map((example) => renderExample((typeof example === "string" ? example : example.command).replaceAll("<%= config.bin %>", bin))).join("\n")}`]),
  ].join("\n\n");
}

type Row = readonly [name: string, text: string];

function nameOf(name: string, flag: Flag): string {
  if (flag.helpLabel !== undefined) return flag.helpLabel;
  const value = flag.type === "boolean" ? "" : `${flag.takesWords === true ? " " : "="}${String(flag.helpValue ?? "VALUE")}${flag.takesWords === true ? "..." : ""}`;
  return `${flag.char === undefined ? "    " : `-${flag.char}, `}--${name}${value}`;
}

function textOf(flag: Flag): string {
  const { description = "", type } = flag;
  const repeatable = type === "option" && flag.multiple === true && flag.takesWords !== true && !description.includes("repeatable") ? "; repeatable" : "";
  return withDefault(`${description}${repeatable}`, type === "option" ? flag.default : undefined);
}

/** A text that names its default itself says it in its own words. */
function withDefault(text: string, value: unknown): string {
  return (typeof value === "string" || typeof value === "number") && !text.includes("default") ? `${text} (default: ${value})` : text;
}

function renderRows(rows: readonly Row[], column: number): string {
  const indent = " ".repeat(column);
  return rows
    .map(([name, text]) => {
      const head = `  ${name}`;
      return head.length + 2 > column ? `${head}\n${wrap(indent + text, narrow, indent)}` : wrap(head.padEnd(column) + text, narrow, indent);
    })
    .join("\n");
}

/** Broken as a shell takes it: between words, of which one in quotes is one. */
function renderExample(example: string): string {
  const lines = ["  $"];
  for (const word of example.match(/(?:'[^']*'|\S)+/g) ?? []) {
    const last = lines.at(-1)!;
    if (last.length + 1 + word.length > narrow - 2 && last !== "  $") lines[lines.length - 1] = `${last} \\`;
    if (lines.at(-1)!.endsWith(" \\")) lines.push(`      ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join("\n");
}

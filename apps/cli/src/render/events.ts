import type { JobEvent } from "@distronode-runner/contract";
import { printable } from "./printable.ts";
import { padTo } from "./width.ts";

const [counter, kind, host] = [7, 25, 16];

const row = (cells: readonly [string, string, string, string]): string => `${cells[0].padStart(counter)}  ${padTo(cells[1], kind)}  ${padTo(cells[2], host)}  ${cells[3]}`.trimEnd();

/** The line above `renderEvent`'s. */
export const eventsHead: string = `${row(["COUNTER", "EVENT", "HOST", "TASK"])}\n`;

/** One event as a line. Text outside any event shows itself in the place of a task. */
export function renderEvent({ counter: number, event, event_data: data, stdout }: JobEvent): string {
  const text = (name: string): string => (typeof data?.[name] === "string" ? data[name] : "");
  const about = text("task") || text("play") || text("playbook") || (event === "verbose" ? stdout.split("\n")[0]!.slice(0, 60) : "");
  return printable(`${row([String(number), event, text("host"), about])}\n`);
}

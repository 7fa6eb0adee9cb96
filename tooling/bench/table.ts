import type { Result } from "./contest.ts";
import { excesses, figure, mebibytes, ratio } from "./figures.ts";

const head = ["job", "where", "rounds", "bare s", "ours s", "peer s", "**ours / bare**", "peer / bare", "CPU ours / bare", "CPU peer / bare", "own CPU s: ours", "peer", "own memory MiB: ours", "peer", "budget"];

/** One line of a Markdown table for each result. */
export function table(results: readonly Result[]): string {
  const rows = results.map(row);
  return [head, head.map((_, column) => (column < 2 ? "---" : "---:")), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function row(result: Result): readonly string[] {
  const seconds = (value: number | undefined): string => (value === undefined ? "" : value.toFixed(2));
  const times = (value: number | undefined): string => (value === undefined ? "" : value.toFixed(3));
  // What an engine's daemon does for a job is nobody's child, so the sum would compare different things.
  const cpu = (name: "ours" | "peer"): string => (result.place === "host" ? times(ratio(result, name, "cpu")) : "");
  const memory = (name: "ours" | "peer"): string => {
    const peak = figure(result, name, "ownPeak");
    return peak === undefined || result.case.name === "jobs" ? "" : mebibytes(peak);
  };
  const own = (name: "ours" | "peer"): string => (result.case.name === "jobs" ? "" : seconds(figure(result, name, "ownCpu")));
  const ours = times(ratio(result, "ours", "wall"));
  return [
    result.case.title,
    result.place,
    String(result.costs.ours?.length ?? 0),
    seconds(figure(result, "bare", "wall")),
    seconds(figure(result, "ours", "wall")),
    result.failures.peer === undefined ? seconds(figure(result, "peer", "wall")) : "failed",
    ours === "" ? "" : `**${ours}**`,
    times(ratio(result, "peer", "wall")),
    cpu("ours"),
    cpu("peer"),
    own("ours"),
    own("peer"),
    memory("ours"),
    memory("peer"),
    verdict(result),
  ];
}

function verdict(result: Result): string {
  if (result.failures.ours !== undefined) return "failed";
  const { budget } = result.case;
  if (budget === undefined) return "";
  const over = excesses(result);
  return over.length === 0 ? "kept" : over.join(", ");
}

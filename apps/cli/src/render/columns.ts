import { printable } from "./printable.ts";
import { padTo, widthOf } from "./width.ts";

/** Rows of cells as text that can be shown, each column as wide as its widest cell. */
export function renderColumns(rows: readonly (readonly string[])[], gap = "  "): string {
  const shown = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of shown) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))));
  return shown
    .map((row) =>
      row
        .map((cell, column) => padTo(cell, widths[column] ?? 0))
        .join(gap)
        .trimEnd(),
    )
    .join("\n");
}

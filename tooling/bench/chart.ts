import type { Result } from "./contest.ts";
import { ratio } from "./figures.ts";

const width = 960;
const left = 330;
const right = 70;
const barHeight = 12;
const rowHeight = 40;
const top = 50;
const longest = 3;

/** Horizontal bars: how many times the bare tool's wall time, ours and the peer's. Bars beyond three times are cut, their figure stands beside them. */
export function chart(results: readonly Result[]): string {
  const shown = results.filter((result) => ratio(result, "ours", "wall") !== undefined);
  const height = top + shown.length * rowHeight + 20;
  const x = (value: number): number => left + (Math.min(value, longest) / longest) * (width - left - right);
  const lines = [0, 0.5, 1, 1.5, 2, 2.5, 3].map(
    (value) => `<line x1="${x(value)}" y1="${top - 8}" x2="${x(value)}" y2="${height - 14}" class="${value === 1 ? "one" : "grid"}"/><text x="${x(value)}" y="${height - 2}" text-anchor="middle">${value}</text>`,
  );
  const rows = shown.flatMap((result, index) => {
    const y = top + index * rowHeight;
    const bar = (name: "ours" | "peer", at: number): string => {
      const value = ratio(result, name, "wall");
      if (value === undefined) return "";
      return `<rect x="${left}" y="${at}" width="${(x(value) - left).toFixed(1)}" height="${barHeight}" class="${name}"/><text x="${(x(value) + 5).toFixed(1)}" y="${at + barHeight - 2}">${value.toFixed(2)}</text>`;
    };
    return [`<text x="${left - 10}" y="${y + barHeight + 5}" text-anchor="end">${escaped(`${result.case.title}, ${result.place}`)}</text>`, bar("ours", y), bar("peer", y + barHeight + 2)];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<style>text{fill:#333}.ours{fill:#2563a8}.peer{fill:#b9b9b9}.grid{stroke:#e4e4e4}.one{stroke:#333}</style>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${left}" y="20" font-size="14">Wall time, times the bare tool's (less is better)</text>`,
    `<rect x="${left}" y="28" width="10" height="10" class="ours"/><text x="${left + 15}" y="37">Distronode Runner</text>`,
    `<rect x="${left + 150}" y="28" width="10" height="10" class="peer"/><text x="${left + 165}" y="37">ansible-runner</text>`,
    ...lines,
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
